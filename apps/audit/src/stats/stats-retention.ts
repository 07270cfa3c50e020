import { type Clock, RepeatedWork } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import { BUCKET_MS, KEPT_MS, REMOVE_INTERVAL_MS, REMOVED_MAX_BATCHES, REMOVED_MAX_ROWS } from './stats.bounds.js';
import type { StatsStore } from './stats.store.js';

/** Removes counts past their time. Every process of audit does so; what one has in hand the others leave alone. */
export class StatsRetention {
  readonly #work = new RepeatedWork(() => this.#removeAll(), REMOVE_INTERVAL_MS);

  constructor(
    private readonly store: StatsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#work.start();
  }

  stop(): Promise<void> {
    return this.#work.stop();
  }

  /** The run under way where there is one. Never rejects: the next one tries again. */
  run(): Promise<void> {
    return this.#work.run();
  }

  async #removeAll(): Promise<void> {
    try {
      await this.#removePast();
    } catch (err) {
      this.logger.warn({ err }, 'old statistics could not be removed; tried again in a minute');
    }
  }

  async #removePast(): Promise<void> {
    for (const counted of ['minute', 'hour'] as const) {
      // A query may begin within its first bucket.
      const beforeMs = this.clock.nowMs() - KEPT_MS[counted] - 2 * BUCKET_MS.day;
      for (let batch = 0; batch < REMOVED_MAX_BATCHES && !this.#work.isStopped; batch += 1) {
        if ((await this.store.removeBefore(counted, beforeMs, REMOVED_MAX_ROWS)) < REMOVED_MAX_ROWS) break;
      }
    }
  }
}
