import type { Logger } from 'pino';
import type { Fence, LaneStore, LaneWrite } from './lane.store.js';

/** Writes of one transaction, and the data in them: a statement's text is several times as long. */
const BATCH_MAX_WRITES = 500;
const BATCH_MAX_BYTES = 8 * 1024 * 1024;
const RETRY_DELAY_MS = 500;

interface Ticket {
  write: LaneWrite;
  done: (stored: boolean) => void;
}

/**
 * Collects writes while a transaction is in flight and makes one of them, in the order they came. A park that fails is
 * the lane's to repeat; all else is repeated here until it is stored or its lease is lost.
 */
export class RowWriter {
  private queue: Ticket[] = [];
  private flushing = false;

  constructor(
    private readonly store: LaneStore,
    private readonly logger: Logger,
    private readonly onLost: (fence: Fence) => void,
  ) {}

  /** `done(true)` once it is stored; `done(false)`, of a park, when it failed. Silence where the lease was lost. */
  add(write: LaneWrite, done: (stored: boolean) => void): void {
    this.queue.push({ write, done });
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(() => void this.flush());
  }

  private async flush(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, this.batchLength());
      try {
        this.stored(batch, await this.store.write(batch.map(({ write }) => write)));
      } catch (error) {
        this.logger.warn({ err: error, writes: batch.length }, 'lane rows could not be written');
        this.failed(batch);
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS));
      }
    }
    this.flushing = false;
  }

  /** At least one: a lane's park is bounded by what a lane may have in memory. */
  private batchLength(): number {
    let bytes = 0;
    for (const [index, { write }] of this.queue.entries()) {
      bytes += bytesOf(write);
      if (index >= BATCH_MAX_WRITES || (index > 0 && bytes > BATCH_MAX_BYTES)) return index;
    }
    return this.queue.length;
  }

  private stored(batch: readonly Ticket[], lost: readonly Fence[]): void {
    const isLost = ({ partition, epoch }: Fence) => lost.some((l) => l.partition === partition && l.epoch === epoch);
    for (const fence of lost) this.onLost(fence);
    for (const { write, done } of batch) if (!isLost(write.fence)) done(true);
  }

  private failed(batch: readonly Ticket[]): void {
    this.queue = [...batch.filter(({ write }) => write.kind !== 'park'), ...this.queue];
    for (const { write, done } of batch) if (write.kind === 'park') done(false);
  }
}

function bytesOf(write: LaneWrite): number {
  return write.kind === 'park' ? write.insert.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
}
