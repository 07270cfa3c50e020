/** So many records are company enough: the request goes at once. */
export const GATHERED_ENOUGH_RECORDS = 16;
/** How much of the estimate the newest wait is. */
const GAIN_WEIGHT = 0.1;
/** Waits whose gain is below this much are left out, but for one in `PROBE_EVERY`. */
const GAIN_WORTH_WAITING = 0.25;
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
 * that follows closely on a request waits a little for others. One that comes alone never waits; nor, most times, does
 * the next record of a lone producer, which sends only after the answer to the one before.
 */
export class RequestPace {
  private lastMs = Number.NEGATIVE_INFINITY;
  /** Share of the waits that brought company. */
  private gain = 1;
  private skipped = 0;
  private enough: (() => void) | null = null;

  constructor(private readonly options: RequestPaceOptions) {}

  /** Records were queued. */
  queued(): void {
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
    const before = waiting();
    const untilMs = this.lastMs + gatherMs;
    if (gatherMs <= intervalMs || untilMs <= monotonicMs() || before >= GATHERED_ENOUGH_RECORDS) return;
    if (this.gain < GAIN_WORTH_WAITING && this.skipped < PROBE_EVERY) {
      this.skipped += 1;
      return;
    }
    this.skipped = 0;
    const enough = Promise.withResolvers<void>();
    this.enough = enough.resolve;
    await Promise.race([this.until(untilMs), enough.promise]);
    this.enough = null;
    this.gain += GAIN_WEIGHT * ((waiting() > before ? 1 : 0) - this.gain);
  }

  private async until(atMs: number): Promise<void> {
    const restMs = atMs - this.options.monotonicMs();
    if (restMs > 0) await this.options.sleep(restMs);
  }
}
