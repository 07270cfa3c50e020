import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock, Logger } from '@hookstile/service-runtime';
import {
  KEPT_MS,
  LEASE_LOOK_INTERVAL_MS,
  LEASE_TERM_MS,
  SWEEP_INTERVAL_MS,
  SWEEP_MAX_ROWS,
  TURN_MS,
  WORKED_RECOVERIES_MAX,
} from './recovery.bounds.js';
import type { RecoveryLease, RecoveryWorkStore } from './recovery-work.store.js';
import { RecoveryWorker, type RecoveryWorkerOptions } from './recovery-worker.js';

export interface RecoveryRunnerOptions extends Omit<RecoveryWorkerOptions, 'pause' | 'untilStopped'> {
  store: RecoveryWorkStore;
  clock: Clock;
  logger: Logger;
  /** Names this process in the leases. */
  owner: string;
}

/**
 * Works the recoveries that nobody else does. One that fails is left until its lease ends: then anybody tries again. A
 * recovery waits for days where its endpoint stays down, so that those of one outage must not keep all places.
 */
export class RecoveryRunner {
  readonly #stopping = new AbortController();
  readonly #working = new Map<string, Promise<void>>();
  #running: Promise<void> = Promise.resolve();
  #sweptMs: number | null = null;

  constructor(private readonly options: RecoveryRunnerOptions) {}

  start(): void {
    this.#running = this.#run();
  }

  /** Hands its recoveries to others; what it was writing may be written again by them. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.#working.values());
  }

  async #run(): Promise<void> {
    const { logger } = this.options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#sweep();
        await this.#take();
      } catch (error) {
        logger.warn({ err: error }, 'recoveries cannot be worked at present; trying again');
      }
      await this.#pause(LEASE_LOOK_INTERVAL_MS);
    }
  }

  async #take(): Promise<void> {
    const { store, owner } = this.options;
    const free = WORKED_RECOVERIES_MAX - this.#working.size;
    if (free <= 0) return;
    const working = [...this.#working.keys()];
    for (const lease of await store.lease({ owner, working }, LEASE_TERM_MS, free)) {
      this.#working.set(
        lease.id,
        this.#work(lease).finally(() => this.#working.delete(lease.id)),
      );
    }
  }

  async #work(lease: RecoveryLease): Promise<void> {
    const { store, logger, clock } = this.options;
    const { signal } = this.#stopping;
    const turnEndsMs = clock.monotonicMs() + TURN_MS;
    let isOver = false;
    const worker = new RecoveryWorker(lease, {
      ...this.options,
      pause: (ms) => this.#pause(ms),
      untilStopped: (asked) => this.#untilStopped(asked),
    });
    try {
      await worker.run(() => {
        const isCrowded = this.#working.size >= WORKED_RECOVERIES_MAX;
        isOver = signal.aborted || (isCrowded && clock.monotonicMs() >= turnEndsMs);
        return isOver;
      });
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ err: error, recoveryId: lease.id }, 'a recovery pauses; it will be tried again');
    }
    if (signal.aborted || isOver) await store.release(lease).catch(() => undefined);
  }

  async #sweep(): Promise<void> {
    const { store, clock } = this.options;
    if (this.#sweptMs !== null && clock.monotonicMs() - this.#sweptMs < SWEEP_INTERVAL_MS) return;
    await store.removeStartedBefore(clock.nowMs() - KEPT_MS, SWEEP_MAX_ROWS);
    this.#sweptMs = clock.monotonicMs();
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => undefined);
  }

  async #untilStopped<T>(asked: Promise<T>): Promise<T> {
    const { signal } = this.#stopping;
    const { promise, reject } = Promise.withResolvers<never>();
    const stopped = () => reject(new Error('the process stops'));
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    try {
      return await Promise.race([asked, promise]);
    } finally {
      signal.removeEventListener('abort', stopped);
    }
  }
}
