import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, ProblemError } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import { Places } from '../read/places.js';
import { CatchUp } from './catch-up.js';
import { KEY_CHECK_INTERVAL_MS, PAGE_MAX_ROWS, POLL_INTERVAL_MS, STREAM_PLACES } from './tail.bounds.js';
import type { TailRow, TailStore } from './tail.store.js';
import { attemptMessage, gapMessage, greeting } from './tail-message.js';
import type { CutReason, TailMetrics } from './tail-metrics.js';
import { endOf, type TailCursor, type TailPosition } from './tail-position.js';
import { tailStart } from './tail-start.js';
import { type TailReader, TailStream } from './tail-stream.js';

export interface TailRequest extends TailReader {
  /** Where the reader left a stream, or null: from now on. */
  cursor: TailCursor | null;
  /** Begins the answer, once it is known that there is one. */
  begin(): Writable;
}

/**
 * All streams of a process. Those that are up to date share one look at the store a tick; those that are behind – they
 * resume, or their readers are slower than the log – read pages of their own until they have caught up. The store is
 * the only memory: another process, or this one after a restart, goes on with the same ids.
 */
export class LiveTail {
  readonly #live = new Set<TailStream>();
  readonly #behind = new Set<TailStream>();
  /** Streams whose pages are being read, or whose keys are being checked. */
  readonly #catchingUp = new Set<TailStream>();
  readonly #checking = new Set<TailStream>();
  readonly #places = new Places(STREAM_PLACES);
  readonly #catchUp: CatchUp;
  readonly #stopObserving: () => void;
  /** What every live stream was shown; null while there is no stream. */
  #position: TailPosition | null = null;
  #polling: Promise<void> | null = null;
  #checks: NodeJS.Timeout | null = null;
  readonly #stop = new AbortController();

  constructor(
    private readonly store: TailStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: TailMetrics,
  ) {
    this.#catchUp = new CatchUp(store, () => clock.nowMs());
    this.#stopObserving = metrics.observe(() => this.streams);
  }

  /** How many are open. */
  get streams(): number {
    return this.#places.taken;
  }

  /** Throws, before anything was written, where there is no place or the store does not answer. */
  async open(request: TailRequest): Promise<void> {
    this.#refuseWhenStopped();
    const leave = this.#places.take(request.tenantId);
    try {
      const { position, gap } = await tailStart(this.store, request.tenantId, request.cursor, this.clock.nowMs());
      this.#refuseWhenStopped();
      const stream = new TailStream(request, request.begin(), position, () => this.clock.monotonicMs());
      const nowMs = this.clock.nowMs();
      stream.write(greeting(position, nowMs));
      if (gap) stream.write(gapMessage(gap.reason, gap.sinceMs, position, nowMs));
      this.#behind.add(stream);
      stream.onClose(() => this.#forget(stream, leave));
      this.#run();
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Ends every stream, so that its reader resumes at another process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#stopObserving();
    for (const stream of this.#streams()) stream.end();
    await this.#polling;
  }

  #refuseWhenStopped(): void {
    if (this.#stop.signal.aborted) throw new ProblemError('unavailable', 'this process is stopping');
  }

  #streams(): TailStream[] {
    return [...this.#live, ...this.#behind];
  }

  #forget(stream: TailStream, leave: () => void): void {
    this.#live.delete(stream);
    this.#behind.delete(stream);
    leave();
  }

  #run(): void {
    this.#checks ??= setInterval(() => this.#checkAll(), KEY_CHECK_INTERVAL_MS).unref();
    this.#polling ??= this.#poll().finally(() => {
      if (this.#checks) clearInterval(this.#checks);
      this.#checks = null;
      this.#polling = null;
      this.#position = null;
      // One that came while the last tick ended.
      if (this.#behind.size > 0 && !this.#stop.signal.aborted) this.#run();
    });
  }

  async #poll(): Promise<void> {
    while (this.#live.size + this.#behind.size > 0 && !this.#stop.signal.aborted) {
      try {
        await this.#tick();
      } catch (error) {
        this.logger.warn({ err: error }, 'the event log could not be read for its streams; trying again');
      }
      await pause(POLL_INTERVAL_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #tick(): Promise<void> {
    this.#join();
    const horizon = await this.store.horizon();
    if (horizon === null) return;
    this.#position ??= endOf(horizon);
    if (horizon < this.#position.flush) this.#endAhead(horizon);
    // A position inside a flush is where the last tick failed.
    if (horizon > this.#position.flush || this.#position.row) await this.#showNew(this.#position, horizon);
    for (const stream of this.#behind) this.#startCatchUp(stream, horizon);
  }

  /**
   * The horizon never falls, unless the database was restored and counts its flushes again: what comes would be taken for
   * shown. Readers come back with ids that the database does not know, and are told of the gap.
   */
  #endAhead(horizon: number): void {
    this.#position = endOf(horizon);
    for (const stream of this.#streams()) {
      if (!stream.isOpen || stream.position.flush <= horizon) continue;
      this.metrics.ended('restored');
      stream.end();
    }
  }

  /** Only between ticks does what live streams were shown stand still. */
  #join(): void {
    for (const stream of this.#behind) {
      const { flush, row } = stream.position;
      if (row || this.#position?.row || flush !== this.#position?.flush || this.#catchingUp.has(stream)) continue;
      this.#behind.delete(stream);
      this.#live.add(stream);
    }
  }

  async #showNew(after: TailPosition, horizon: number): Promise<void> {
    for (let position = after; this.#live.size > 0; ) {
      const tenants = [...new Set([...this.#live].map(({ reader }) => reader.tenantId))];
      const rows = await this.store.behind(tenants, position, horizon, PAGE_MAX_ROWS);
      for (const row of rows) this.#showRow(row);
      const last = rows.at(-1);
      if (!last || rows.length < PAGE_MAX_ROWS) break;
      position = last.position;
      this.#position = position;
    }
    this.#position = endOf(horizon);
    for (const stream of this.#live) stream.position = this.#position;
  }

  #showRow(row: TailRow): void {
    let text: string | null = null;
    const message = () => {
      text ??= attemptMessage(row, this.clock.nowMs());
      return text;
    };
    for (const stream of this.#live) {
      if (stream.reader.tenantId !== row.line.tenantId) continue;
      stream.show(row, message);
      if (!stream.isFull) continue;
      this.#live.delete(stream);
      this.#behind.add(stream);
    }
  }

  #startCatchUp(stream: TailStream, horizon: number): void {
    if (this.#catchingUp.has(stream) || stream.position.flush > horizon) return;
    this.#catchingUp.add(stream);
    this.#catchUp
      .run(stream, horizon)
      .then(
        (result) => {
          if (result === 'slow') this.#cut(stream, 'slow');
        },
        (error: unknown) => {
          this.logger.warn({ err: error }, 'a stream of the event log could not be brought up to date; it is cut');
          this.#cut(stream, 'failed');
        },
      )
      .finally(() => this.#catchingUp.delete(stream));
  }

  #cut(stream: TailStream, reason: CutReason): void {
    this.metrics.ended(reason);
    stream.cut();
  }

  #checkAll(): void {
    for (const stream of this.#streams()) {
      stream.heartbeatWhenSilent(this.clock.nowMs());
      if (!this.#checking.has(stream)) void this.#check(stream);
    }
  }

  /** A key that cannot be checked lets nobody in, and keeps nobody in. */
  async #check(stream: TailStream): Promise<void> {
    this.#checking.add(stream);
    const allowed = await stream.reader.stillAllowed().catch(() => false);
    this.#checking.delete(stream);
    if (allowed || !stream.isOpen) return;
    this.metrics.ended('key');
    stream.end();
  }
}
