import { CATCH_UP_SECONDS } from './recovery.bounds.js';

/** How many may be sent at a rate; whoever starts anew has nothing to catch up with. */
export class RatePace {
  #allowed = 0;
  #atMs: number;

  /** @param startedMs of a monotonic clock, as all times here */
  constructor(
    private readonly ratePerSecond: number,
    startedMs: number,
  ) {
    this.#atMs = startedMs;
  }

  allowed(nowMs: number): number {
    const more = ((nowMs - this.#atMs) * this.ratePerSecond) / 1_000;
    this.#allowed = Math.min(this.#allowed + more, Math.max(1, this.ratePerSecond * CATCH_UP_SECONDS));
    this.#atMs = nowMs;
    return Math.floor(this.#allowed);
  }

  sent(count: number): void {
    this.#allowed -= count;
  }
}
