import type { Clock } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import { BUCKET_MS, KEPT_MS, REMOVE_INTERVAL_MS, REMOVED_MAX_BATCHES, REMOVED_MAX_ROWS } from './stats.bounds.js';
import type { StatsStore } from './stats.store.js';

/** Removes counts past their time. Every process of audit does so; what one has in hand the others leave alone. */
export class StatsRetention {
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(
    private readonly store: StatsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.run(), REMOVE_INTERVAL_MS).unref();
    void this.run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#running;
  }

  /** The run under way where there is one. Never rejects: the next one tries again. */
  run(): Promise<void> {
    this.#running ??= this.#removeAll()
      .catch((err: unknown) =>
        this.logger.warn({ err }, 'old statistics could not be removed; tried again in a minute'),
      )
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  async #removeAll(): Promise<void> {
    for (const counted of ['minute', 'hour'] as const) {
      // A query may begin within its first bucket.
      const beforeMs = this.clock.nowMs() - KEPT_MS[counted] - 2 * BUCKET_MS.day;
      for (let batch = 0; batch < REMOVED_MAX_BATCHES && !this.#stopped; batch += 1) {
        if ((await this.store.removeBefore(counted, beforeMs, REMOVED_MAX_ROWS)) < REMOVED_MAX_ROWS) break;
      }
    }
  }
}
