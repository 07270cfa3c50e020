import type { Writable } from 'node:stream';
import type { EventLogFilters } from '../event-log/event-log.store.js';
import { isShown } from '../event-log/event-log-filter.js';
import { BUFFER_MAX_BYTES, DRAIN_TIMEOUT_MS, HEARTBEAT_INTERVAL_MS } from './tail.bounds.js';
import type { TailRow } from './tail.store.js';
import { heartbeat } from './tail-message.js';
import type { TailPosition } from './tail-position.js';

/** Whom a stream is for. */
export interface TailReader {
  tenantId: string;
  filters: EventLogFilters;
  /** Whether the reader's key is still valid; rejects where that cannot be told. */
  stillAllowed(): Promise<boolean>;
}

/** One reader's connection, and how far it was shown the log. */
export class TailStream {
  #writtenAtMs: number;

  constructor(
    readonly reader: TailReader,
    private readonly out: Writable,
    public position: TailPosition,
    private readonly monotonicMs: () => number,
    private readonly drainTimeoutMs = DRAIN_TIMEOUT_MS,
  ) {
    this.#writtenAtMs = monotonicMs();
  }

  get isOpen(): boolean {
    return !this.out.destroyed && !this.out.writableEnded;
  }

  /** So much waits for the reader that no more may be added. */
  get isFull(): boolean {
    return this.out.writableLength > BUFFER_MAX_BYTES;
  }

  onClose(closed: () => void): void {
    if (this.isOpen) this.out.once('close', closed);
    else closed();
  }

  write(text: string): void {
    if (!this.isOpen) return;
    this.#writtenAtMs = this.monotonicMs();
    this.out.write(text);
  }

  /** Writes the row where the reader's filters show it, and goes on behind it. */
  show(row: TailRow, message: () => string): void {
    if (isShown(row.line, this.reader.filters)) this.write(message());
    this.position = row.position;
  }

  heartbeatWhenSilent(nowMs: number): void {
    const silentMs = this.monotonicMs() - this.#writtenAtMs;
    if (silentMs >= HEARTBEAT_INTERVAL_MS && this.out.writableLength === 0) this.write(heartbeat(this.position, nowMs));
  }

  /** Whether the reader took all that waited, in time. */
  drained(): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (taken: boolean) => {
        clearTimeout(timer);
        this.out.off('drain', onDrain).off('close', onClose);
        resolve(taken);
      };
      const onDrain = () => settle(true);
      const onClose = () => settle(false);
      const timer = setTimeout(onClose, this.drainTimeoutMs);
      this.out.once('drain', onDrain).once('close', onClose);
      if (!this.isOpen) onClose();
    });
  }

  /** In order: the reader connects again, and resumes. One that does not take what waits is cut after its time. */
  end(): void {
    if (!this.isOpen) return;
    const timer = setTimeout(() => this.cut(), this.drainTimeoutMs).unref();
    this.out.once('close', () => clearTimeout(timer)).end();
  }

  /** Where what waits cannot be written any more. */
  cut(): void {
    this.out.destroy();
  }
}
