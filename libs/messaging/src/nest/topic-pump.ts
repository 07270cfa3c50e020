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
  retryDelayMs: number;
  retryDelayMaxMs: number;
}

/** Hands a topic's records to its handler, one merged batch at a time. */
export class TopicPump {
  private running: Promise<void> | null = null;
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
    while (buffer.length > 0 && !this.abandoned.signal.aborted) {
      await this.linger();
      const batch = buffer.take(batchMaxRecords);
      if (batch.records.length > 0) await this.handleUntilDone(batch);
    }
    this.running = null;
  }

  private async linger(): Promise<void> {
    const { buffer, batchMaxRecords, lingerMs } = this.options;
    if (lingerMs === 0 || buffer.length >= batchMaxRecords || this.draining.signal.aborted) return;
    this.filled = Promise.withResolvers();
    const timer = setTimeout(this.filled.resolve, lingerMs);
    await this.filled.promise;
    clearTimeout(timer);
  }

  /** Never skips: the same records come again until the handler takes them or the pump is abandoned. */
  private async handleUntilDone(batch: MergedBatch): Promise<void> {
    const { logger, handle, onHandled, retryDelayMs, retryDelayMaxMs } = this.options;
    let delayMs = retryDelayMs;
    while (!this.abandoned.signal.aborted) {
      try {
        const stopped = await handle(batch);
        if (!this.abandoned.signal.aborted) onHandled(batch, stopped);
        return;
      } catch (error) {
        const { topic, records } = batch;
        logger.error({ topic, records: records.length, delayMs, err: error }, 'a batch was not taken; it comes again');
        await sleep(delayMs, undefined, { signal: this.abandoned.signal }).catch(() => {});
        delayMs = Math.min(delayMs * 2, retryDelayMaxMs);
      }
    }
  }
}
