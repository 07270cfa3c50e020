import { setTimeout as sleep } from 'node:timers/promises';
import type { MessagingLogger } from '../port/messaging-logger.js';
import type { StoppedAt } from './stopped-partitions.js';
import type { MergedBatch, TopicBuffer } from './topic-buffer.js';

export interface TopicPumpOptions {
  buffer: TopicBuffer;
  logger: MessagingLogger;
  /** Resolves when the batch is dealt with, but for the partitions that it stops; a rejected one comes again. */
  handle(batch: MergedBatch): Promise<readonly StoppedAt[]>;
  onHandled(batch: MergedBatch, stopped: readonly StoppedAt[]): void;
  lingerMs: number;
  batchMaxRecords: number;
  /** Above 1, full batches are handed over while those before them are still being handled. */
  batchesAtOnce: number;
  retryDelayMs: number;
  retryDelayMaxMs: number;
}

/**
 * Hands a topic's records to its handler in merged batches, in order. A batch that is not full waits for the one before
 * it; a full one need not, so that a handler with a backlog may prepare the next while it stores the last.
 */
export class TopicPump {
  private running: Promise<void> | null = null;
  /** Of the batches that are being handled, oldest first: each resolves once all up to it are done. */
  private readonly handling: Promise<void>[] = [];
  private readonly draining = new AbortController();
  private readonly abandoned = new AbortController();
  private filled = Promise.withResolvers<void>();

  constructor(private readonly options: TopicPumpOptions) {}

  wake(): void {
    const { buffer, batchMaxRecords } = this.options;
    // A run with nothing to do would end within this call, before it is kept, and be taken for one that goes on.
    if (buffer.length === 0 || this.abandoned.signal.aborted) return;
    if (buffer.length >= batchMaxRecords) this.filled.resolve();
    this.running ??= this.run();
  }

  /** Hands over what is buffered, without lingering, up to `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.draining.abort();
    this.filled.resolve();
    if (this.running) await Promise.race([this.running, sleep(timeoutMs, undefined, { ref: false })]);
    this.abandoned.abort();
  }

  private async run(): Promise<void> {
    const { buffer, batchMaxRecords } = this.options;
    while ((buffer.length > 0 || this.handling.length > 0) && !this.abandoned.signal.aborted) {
      const [oldest] = this.handling;
      if (oldest && !this.mayJoin()) {
        await this.untilChanged(oldest);
        continue;
      }
      await this.linger();
      const batch = buffer.take(batchMaxRecords);
      if (batch.records.length > 0) this.hand(batch);
    }
    this.running = null;
  }

  /** Whether another batch goes beside those that are being handled. */
  private mayJoin(): boolean {
    const { buffer, batchMaxRecords, batchesAtOnce } = this.options;
    return this.handling.length < batchesAtOnce && buffer.length >= batchMaxRecords;
  }

  private async untilChanged(oldest: Promise<void>): Promise<void> {
    this.filled = Promise.withResolvers();
    const hasRoom = this.handling.length < this.options.batchesAtOnce;
    await (hasRoom ? Promise.race([oldest, this.filled.promise]) : oldest);
  }

  /** A batch counts as handled once those before it are: its positions lie behind theirs. */
  private hand(batch: MergedBatch): void {
    const before = this.handling.at(-1);
    const handled = this.handleUntilDone(batch);
    const done = (async () => {
      await before;
      const stopped = await handled;
      if (stopped && !this.abandoned.signal.aborted) this.options.onHandled(batch, stopped);
      this.handling.shift();
    })();
    this.handling.push(done);
  }

  private async linger(): Promise<void> {
    const { buffer, batchMaxRecords, lingerMs } = this.options;
    if (lingerMs === 0 || buffer.length >= batchMaxRecords || this.draining.signal.aborted) return;
    this.filled = Promise.withResolvers();
    const timer = setTimeout(this.filled.resolve, lingerMs);
    await this.filled.promise;
    clearTimeout(timer);
  }

  /** Never skips: the same records come again until the handler takes them; null once the pump is abandoned. */
  private async handleUntilDone(batch: MergedBatch): Promise<readonly StoppedAt[] | null> {
    const { logger, handle, retryDelayMs, retryDelayMaxMs } = this.options;
    let delayMs = retryDelayMs;
    while (!this.abandoned.signal.aborted) {
      try {
        return await handle(batch);
      } catch (error) {
        const { topic, records } = batch;
        logger.error({ topic, records: records.length, delayMs, err: error }, 'a batch was not taken; it comes again');
        await sleep(delayMs, undefined, { signal: this.abandoned.signal }).catch(() => {});
        delayMs = Math.min(delayMs * 2, retryDelayMaxMs);
      }
    }
    return null;
  }
}
