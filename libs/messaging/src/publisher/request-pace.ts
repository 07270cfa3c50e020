/** So many records are company enough: the request goes at once. */
export const GATHERED_ENOUGH_RECORDS = 16;
/** How much of the estimate the newest wait is, where it was shorter. */
const SHORTER_WEIGHT = 0.1;
/** What comes a little later than of late is still waited for. */
const LATER_PART = 0.5;
/** Waits that would be shorter are left out. */
const WAIT_MIN_MS = 1;
/** So many waits are shortened, or left out; then one is as long as may be, to notice others. */
const PROBE_EVERY = 8;

export interface RequestPaceOptions {
  /** A request begins at least so long after the one before it. */
  intervalMs: number;
  /** And so long, as long as waiting brings company. */
  gatherMs: number;
  monotonicMs: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Records that wait. */
  waiting: () => number;
}

/**
 * When the next request may begin. A request costs both sides about the same for one record as for five, so a record
 * that follows closely on a request waits a little for others. One that comes alone never waits. Nor does anyone wait
 * for longer than that has brought company of late: the next record of a lone producer, which sends only after the
 * answer to the one before, goes at once most times, and those of four such producers once all four are there.
 */
export class RequestPace {
  private lastMs = Number.NEGATIVE_INFINITY;
  /** How long after a wait began somebody came last: the longest of late. */
  private worthMs: number;
  private shortened = 0;
  private queuedAtMs = Number.NEGATIVE_INFINITY;
  private enough: (() => void) | null = null;

  constructor(private readonly options: RequestPaceOptions) {
    this.worthMs = options.gatherMs;
  }

  /** Records were queued. */
  queued(): void {
    this.queuedAtMs = this.options.monotonicMs();
    if (this.enough !== null && this.options.waiting() >= GATHERED_ENOUGH_RECORDS) this.enough();
  }

  /** Resolves when the next request may begin. */
  async next(): Promise<void> {
    const { intervalMs, monotonicMs } = this.options;
    await this.until(this.lastMs + intervalMs);
    await this.gather();
    this.lastMs = monotonicMs();
  }

  private async gather(): Promise<void> {
    const { intervalMs, gatherMs, waiting, monotonicMs } = this.options;
    const fromMs = monotonicMs();
    const longestMs = this.lastMs + gatherMs - fromMs;
    if (gatherMs <= intervalMs || longestMs <= 0 || waiting() >= GATHERED_ENOUGH_RECORDS) return;
    const waitMs = this.waitWithin(longestMs);
    if (waitMs === 0) return;
    const before = waiting();
    const enough = Promise.withResolvers<void>();
    this.enough = enough.resolve;
    await Promise.race([this.until(fromMs + waitMs), enough.promise]);
    this.enough = null;
    this.learn(waiting() > before ? this.queuedAtMs - fromMs : 0);
  }

  private waitWithin(longestMs: number): number {
    const waitMs = this.worthMs * (1 + LATER_PART);
    if (waitMs >= longestMs || this.shortened >= PROBE_EVERY) {
      this.shortened = 0;
      return longestMs;
    }
    this.shortened += 1;
    return waitMs < WAIT_MIN_MS ? 0 : waitMs;
  }

  private learn(cameAfterMs: number): void {
    const shorterMs = this.worthMs + SHORTER_WEIGHT * (cameAfterMs - this.worthMs);
    this.worthMs = Math.max(cameAfterMs, shorterMs);
  }

  private async until(atMs: number): Promise<void> {
    const restMs = atMs - this.options.monotonicMs();
    if (restMs > 0) await this.options.sleep(restMs);
  }
}
