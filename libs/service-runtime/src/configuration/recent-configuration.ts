import type { Clock } from '../clock.js';
import { ProblemError } from '../problems/problem.error.js';
import { within } from '../within.js';

/** How old the configuration may be that a reader goes by without asking first. */
export const RECENT_MAX_AGE_MS = 250;
/** From this age on it is confirmed beside the requests, so that under load none waits for it. */
export const RECENT_CONFIRMED_AFTER_MS = 100;
/**
 * As long as config waits with its answer after a change that readers with a recent configuration need not ask for: by
 * then all of them have seen it. The difference is for clocks that run at different speeds.
 */
export const RECENT_NOTICE_MS = 300;
/**
 * About as long as a known key is trusted and then waited for (4.5 s): a broker or a process that stands still for less
 * is answered a little later, and nobody is told to come again for it.
 */
export const RECENT_TIMEOUT_MS = 4_000;

/** A question for the topic's end: its answer holds for whatever had been acknowledged when it was asked. */
interface Question {
  askedAtMs: number;
  answered: Promise<void>;
}

const unknown = () => new ProblemError('unavailable', 'the newest configuration is not known at present');

/**
 * How far the configuration is known. Asking for the topic's end before each event would cost more than accepting it: what
 * appears rarely, as an event type's first schema, config announces for a while, and a reader asks every now and then.
 */
export class RecentConfiguration {
  /** When the projection was last known to hold all that had been acknowledged. */
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  private underWay: Question | null = null;
  /** The last question was not answered in time: whoever comes is told at once, lest requests pile up while Kafka is away. */
  private isAway = false;

  constructor(
    private readonly projection: { catchUp(): Promise<void> },
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly timeoutMs = RECENT_TIMEOUT_MS,
  ) {}

  get isRecent(): boolean {
    return this.ageMs <= RECENT_MAX_AGE_MS;
  }

  /** Resolves once all is known that was acknowledged `RECENT_MAX_AGE_MS` before this call. Rejects with `unavailable`. */
  async recent(): Promise<void> {
    const { ageMs } = this;
    if (ageMs > RECENT_MAX_AGE_MS) await this.bounded(() => this.knownOf(this.clock.monotonicMs() - RECENT_MAX_AGE_MS));
    else if (ageMs > RECENT_CONFIRMED_AFTER_MS) this.confirm();
  }

  /** The barrier: resolves once all is known that was acknowledged before this call. Rejects with `unavailable`. */
  async newest(): Promise<void> {
    await this.bounded(() => this.catchUp());
  }

  /** The barrier, for those who wait for as long as it takes. */
  async catchUp(): Promise<void> {
    const askedAtMs = this.clock.monotonicMs();
    await this.projection.catchUp();
    this.confirmedAtMs = Math.max(this.confirmedAtMs, askedAtMs);
    this.isAway = false;
  }

  private async bounded(ask: () => Promise<void>): Promise<void> {
    if (this.isAway) {
      this.confirm();
      throw unknown();
    }
    try {
      await within(ask(), this.timeoutMs, unknown);
    } catch (error) {
      this.isAway = true;
      throw error;
    }
  }

  private get ageMs(): number {
    return this.clock.monotonicMs() - this.confirmedAtMs;
  }

  /**
   * Resolves once all is known that was acknowledged at `atMs`. What is under way serves whoever it was asked late enough
   * for, however late its answer: else answers that take longer than `RECENT_MAX_AGE_MS` would each be waited for in vain.
   */
  private knownOf(atMs: number): Promise<void> {
    return this.underWay && this.underWay.askedAtMs >= atMs ? this.underWay.answered : this.ask();
  }

  /** Asks beside the requests, unless somebody has; of a topic that was cut meanwhile, an old question is never answered. */
  private confirm(): void {
    const latestMs = this.clock.monotonicMs() - this.timeoutMs;
    if (!this.underWay || this.underWay.askedAtMs < latestMs) this.ask().catch(() => undefined);
  }

  private ask(): Promise<void> {
    const question = { askedAtMs: this.clock.monotonicMs(), answered: this.catchUp() };
    this.underWay = question;
    const settled = () => {
      if (this.underWay === question) this.underWay = null;
    };
    question.answered.then(settled, settled);
    return question.answered;
  }
}
