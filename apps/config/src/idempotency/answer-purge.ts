import type { Clock, Logger } from '@hookstile/service-runtime';
import type { IdempotencyStore } from './idempotency.store.js';

const ROUND_MS = 60_000;
export const PURGE_BATCH_MAX_ROWS = 1_000;
/** More than 1,600 requests a second leave behind; what is left waits for the next round. */
export const PURGE_BATCHES_MAX_COUNT = 100;

export interface AnswerPurgeOptions {
  store: Pick<IdempotencyStore<unknown>, 'deleteExpired'>;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  roundMs?: number;
}

/** Deletes answers that are given to nobody any more. Each process does: they leave each other's rows alone. */
export class AnswerPurge {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(private readonly options: AnswerPurgeOptions) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.round = this.runRound().finally(() => {
        if (!this.stopping) this.start();
      });
    }, this.options.roundMs ?? ROUND_MS);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.timer) clearTimeout(this.timer);
    await this.round;
  }

  async runRound(): Promise<void> {
    const { store, clock, logger } = this.options;
    try {
      for (let batch = 0; batch < PURGE_BATCHES_MAX_COUNT && !this.stopping; batch += 1) {
        const deleted = await store.deleteExpired(new Date(clock.nowMs()).toISOString(), PURGE_BATCH_MAX_ROWS);
        if (deleted < PURGE_BATCH_MAX_ROWS) return;
      }
    } catch (error) {
      logger.warn({ err: error }, 'deleting expired answers failed and is tried again');
    }
  }
}
