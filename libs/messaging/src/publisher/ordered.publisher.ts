import { MessagingError } from '../port/messaging.error.js';
import type { PublisherOptions, RecordPublisher } from '../port/messaging.js';
import type { MessagingLogger } from '../port/messaging-logger.js';
import type { OutgoingRecord } from '../port/records.js';
import { halvesOf, PublishQueue, type RequestBatch } from './publish-queue.js';
import {
  QUEUE_MAX_BYTES,
  QUEUE_MAX_RECORDS,
  RECORD_MAX_BYTES,
  REQUEST_INTERVAL_MS,
  RETRY_DELAY_MAX_MS,
  RETRY_DELAY_MS,
} from './publisher.bounds.js';
import { recordSize } from './record-size.js';
import { RequestPace } from './request-pace.js';
import { RequestTooLargeError, type SendRequest } from './send-request.js';

export interface OrderedPublisherOptions extends PublisherOptions {
  send: SendRequest;
  logger: MessagingLogger;
  /** Waits for company: `lingerMs`, or 0 for what the same turn of the event loop brings. */
  linger: (ms: number) => Promise<void>;
  monotonicMs: () => number;
  /** Waits before a rejected request goes again. */
  pauseBeforeRetry: (ms: number) => Promise<void>;
  sleep: (ms: number) => Promise<void>;
  /** Ends the connection, after the last request. */
  disconnect?: () => Promise<void>;
}

/**
 * Keeps one request in flight and collects while it flies. After a rejected request the very same one goes again
 * before anything else: the broker may have appended it, so a record can be written twice, but none is overtaken.
 */
export class OrderedPublisher implements RecordPublisher {
  private readonly queue = new PublishQueue();
  private inFlight: RequestBatch | null = null;
  private running: Promise<void> | null = null;
  private readonly pace: RequestPace;
  private closed = false;
  private abandoned = false;
  healthy: boolean | null = null;

  constructor(private readonly options: OrderedPublisherOptions) {
    const { requestIntervalMs = REQUEST_INTERVAL_MS, gatherMs = 0, monotonicMs, sleep } = options;
    const waiting = (): number => this.queue.records;
    this.pace = new RequestPace({ intervalMs: requestIntervalMs, gatherMs, monotonicMs, sleep, waiting });
  }

  get pending(): number {
    return this.queue.records + (this.inFlight?.records.length ?? 0);
  }

  publish(records: readonly OutgoingRecord[]): Promise<readonly number[]> {
    if (this.closed) return Promise.reject(this.closedError());
    if (records.length === 0) return Promise.resolve([]);
    const sizes = records.map(recordSize);
    const refusal = this.refusal(sizes);
    if (refusal) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      this.queue.push({ records, sizes, offsets: [], taken: 0, resolve, reject }, bytes);
      this.pace.queued();
      this.running ??= this.run();
    });
  }

  async close(timeoutMs: number): Promise<void> {
    this.closed = true;
    if (this.running) await Promise.race([this.running, this.options.sleep(timeoutMs)]);
    this.abandoned = true;
    const left = new Set([...(this.inFlight?.parts ?? []).map(({ call }) => call), ...this.queue.clear()]);
    this.inFlight = null;
    for (const call of left) call.reject(this.closedError());
    await this.options.disconnect?.();
  }

  /** A call that is larger than the bounds passes only through an empty queue; else it could never pass. */
  private refusal(sizes: readonly number[]): MessagingError | null {
    const { name, queueMaxRecords = QUEUE_MAX_RECORDS, queueMaxBytes = QUEUE_MAX_BYTES } = this.options;
    let bytes = this.queue.bytes + (this.inFlight?.bytes ?? 0);
    for (const size of sizes) {
      bytes += size;
      if (size <= RECORD_MAX_BYTES) continue;
      const message = `a record of ${size} bytes is above the bound of ${RECORD_MAX_BYTES}`;
      return new MessagingError('record_too_large', message, false);
    }
    const full = this.pending + sizes.length > queueMaxRecords || bytes > queueMaxBytes;
    if (!full || this.pending === 0) return null;
    return new MessagingError('publisher_full', `publisher ${name} holds ${this.pending} records`, true);
  }

  private async run(): Promise<void> {
    const { linger, lingerMs = 0 } = this.options;
    await linger(lingerMs);
    while (this.queue.records > 0 && !this.abandoned) {
      await this.pace.next();
      this.inFlight = this.queue.take();
      await this.sendUntilAcknowledged(this.inFlight);
      this.inFlight = null;
    }
    this.running = null;
  }

  private async sendUntilAcknowledged(batch: RequestBatch): Promise<void> {
    let delayMs = RETRY_DELAY_MS;
    for (let attempt = 1; !this.abandoned; attempt += 1) {
      try {
        const offsets = await this.options.send(batch.records);
        this.healthy = true;
        this.acknowledge(batch, offsets);
        return;
      } catch (error) {
        if (error instanceof RequestTooLargeError) return this.sendApart(batch, error);
        this.healthy = false;
        const { name, logger } = this.options;
        logger.warn({ publisher: name, records: batch.records.length, attempt, err: error }, 'a request was rejected');
        await this.options.pauseBeforeRetry(delayMs);
        delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS);
      }
    }
  }

  /** The broker's bound is lower than ours: halves until the one record is found that is too large. */
  private async sendApart(batch: RequestBatch, error: RequestTooLargeError): Promise<void> {
    const [first] = batch.parts;
    if (!first) return;
    if (batch.records.length === 1) {
      this.queue.remove(first.call);
      first.call.reject(new MessagingError('record_too_large', error.message, false, { cause: error }));
      return;
    }
    for (const half of halvesOf(batch)) await this.sendUntilAcknowledged(half);
  }

  private acknowledge(batch: RequestBatch, offsets: readonly number[]): void {
    if (this.inFlight === batch) this.inFlight = null;
    let next = 0;
    for (const { call, count } of batch.parts) {
      for (let i = 0; i < count; i += 1) call.offsets.push(offsets[next + i] ?? -1);
      next += count;
      if (call.offsets.length === call.records.length) call.resolve(call.offsets);
    }
  }

  private closedError(): MessagingError {
    return new MessagingError('publisher_closed', `publisher ${this.options.name} is closed`, false);
  }
}
