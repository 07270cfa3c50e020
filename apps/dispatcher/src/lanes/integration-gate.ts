import { SparseMap } from './sparse-map.js';

export interface GateBounds {
  /** Attempts at the same time. */
  readonly maxConcurrency: number;
  /** Attempts that begin within any second; null: no limit. */
  readonly perSecond: number | null;
}

export interface GateEffects<T> {
  /** It may ask for its turn; `begin` is called when that has come. */
  pass(attempt: T): void;
  /** The gate's `woken` is to be called after this time. */
  wakeIn(gate: IntegrationGate<T>, delayMs: number): void;
}

/** How far behind its due time an attempt may begin without those behind it being later too. */
const LATE_MAX_MS = 50;
const SECOND_MS = 1_000;

/**
 * Lets the attempts of one integration through, of whichever of its lanes, in the order in which they asked: not more
 * at a time than its bound, spread evenly under its rate limit, and none while a failure, or the success that ends a
 * run of them, is not in the counts yet. Time is monotonic milliseconds.
 */
export class IntegrationGate<T> {
  /** When they asked, in the order of it. */
  private readonly waiting = new SparseMap<T, number>();
  /** Those that came back before they began: they are the next again. */
  private returned: T[] = [];
  private readonly inside = new SparseMap<T, 'passed' | 'begun'>();
  /** Of these, how many have not begun. */
  private toBegin = 0;
  private holds = 0;
  /** The rate limit's due time of the next attempt, and when those of the last second began. */
  private dueAtMs = Number.NEGATIVE_INFINITY;
  private begun: number[] = [];
  private wakingAtMs = Number.POSITIVE_INFINITY;

  constructor(
    private bounds: GateBounds,
    /** One for all gates: there are thousands. */
    private readonly effects: GateEffects<T>,
  ) {}

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.returned.length === 0 && this.inside.size === 0 && this.holds === 0;
  }

  get waitingCount(): number {
    return this.waiting.size + this.returned.length;
  }

  request(attempt: T, nowMs: number): void {
    const { maxConcurrency, perSecond } = this.bounds;
    // As a rule nobody waits, and it needs no place among them.
    const isFree = this.holds === 0 && perSecond === null && this.inside.size < maxConcurrency;
    if (isFree && this.waitingCount === 0) {
      this.pass(attempt, nowMs);
      return;
    }
    this.waiting.set(attempt, nowMs);
    this.advance(nowMs);
  }

  /** Takes back one that waits here; false where it does not. */
  withdraw(attempt: T): boolean {
    const index = this.returned.indexOf(attempt);
    if (index >= 0) this.returned.splice(index, 1);
    return index >= 0 || this.waiting.delete(attempt);
  }

  /** Its turn has come. False where it may not begin any more: it waits here again, as the next. */
  begin(attempt: T, nowMs: number): boolean {
    if (this.holds > 0) {
      this.leave(attempt);
      this.returned.push(attempt);
      return false;
    }
    if (this.inside.get(attempt) === 'passed') this.toBegin -= 1;
    this.inside.set(attempt, 'begun');
    this.countBegin(nowMs);
    this.advance(nowMs);
    return true;
  }

  /** It ended. */
  end(attempt: T, nowMs: number): void {
    this.leave(attempt);
    this.advance(nowMs);
  }

  /** It will not begin: it was taken back when it had passed. */
  dismiss(attempt: T, nowMs: number): void {
    if (this.leave(attempt)) this.advance(nowMs);
  }

  /** Something must be in the counts before the next attempt; as often to be ended by `free`. */
  hold(): void {
    this.holds += 1;
  }

  free(nowMs: number): void {
    this.holds -= 1;
    this.advance(nowMs);
  }

  setBounds(bounds: GateBounds, nowMs: number): void {
    if (bounds.maxConcurrency === this.bounds.maxConcurrency && bounds.perSecond === this.bounds.perSecond) return;
    this.bounds = bounds;
    if (bounds.perSecond === null) this.begun = [];
    this.dueAtMs = Math.min(this.dueAtMs, nowMs + this.intervalMs());
    this.advance(nowMs);
  }

  isBegun(attempt: T): boolean {
    return this.inside.get(attempt) === 'begun';
  }

  /** What one that waits here waits for; null where it does not wait here. */
  blockOf(attempt: T, nowMs: number): 'rate_limit' | 'bounds' | null {
    if (!this.waiting.has(attempt) && !this.returned.includes(attempt)) return null;
    const isFull = this.inside.size >= this.bounds.maxConcurrency;
    return !isFull && (this.waitMs(nowMs) > 0 || this.toBegin > 0) && this.bounds.perSecond !== null
      ? 'rate_limit'
      : 'bounds';
  }

  /** Those that have waited least, for whom there is least hope: what is beyond the first `keep` of them. */
  lastBeyond(keep: number): T[] {
    return [...this.waiting.keys()].slice(keep);
  }

  woken(nowMs: number): void {
    // A timer can be early.
    this.wakingAtMs = Number.POSITIVE_INFINITY;
    this.advance(nowMs);
  }

  private advance(nowMs: number): void {
    while (this.holds === 0 && this.inside.size < this.bounds.maxConcurrency) {
      if (this.waiting.size === 0 && this.returned.length === 0) return;
      if (this.bounds.perSecond !== null) {
        if (this.toBegin > 0) return;
        const waitMs = this.waitMs(nowMs);
        if (waitMs > 0) {
          this.wake(nowMs, waitMs);
          return;
        }
      }
      this.passNext(nowMs);
    }
  }

  private passNext(nowMs: number): void {
    const [next, askedAtMs] = this.next(nowMs);
    if (next !== undefined) this.pass(next, askedAtMs);
  }

  private pass(next: T, askedAtMs: number): void {
    // What came late because it asked late is not late.
    this.dueAtMs = Math.max(this.dueAtMs, askedAtMs);
    this.inside.set(next, 'passed');
    this.toBegin += 1;
    this.effects.pass(next);
  }

  private next(nowMs: number): [T | undefined, number] {
    const returned = this.returned.shift();
    if (returned !== undefined) return [returned, nowMs];
    for (const [attempt, askedAtMs] of this.waiting) {
      this.waiting.delete(attempt);
      return [attempt, askedAtMs];
    }
    return [undefined, nowMs];
  }

  /** False where it is not inside. */
  private leave(attempt: T): boolean {
    if (this.inside.get(attempt) === 'passed') this.toBegin -= 1;
    return this.inside.delete(attempt);
  }

  private intervalMs(): number {
    return this.bounds.perSecond === null ? 0 : SECOND_MS / this.bounds.perSecond;
  }

  private countBegin(nowMs: number): void {
    const { perSecond } = this.bounds;
    if (perSecond === null) return;
    this.dueAtMs = Math.max(this.dueAtMs, nowMs - LATE_MAX_MS) + this.intervalMs();
    this.begun.push(nowMs);
    const kept = this.begun.findIndex((atMs) => atMs > nowMs - SECOND_MS);
    this.begun.splice(0, kept);
  }

  /** How long until the rate limit lets the next one begin. */
  private waitMs(nowMs: number): number {
    const { perSecond } = this.bounds;
    if (perSecond === null) return 0;
    const first = this.begun.at(-perSecond);
    const windowMs = first === undefined ? 0 : first + SECOND_MS - nowMs;
    return Math.max(0, this.dueAtMs - nowMs, windowMs);
  }

  private wake(nowMs: number, waitMs: number): void {
    if (this.wakingAtMs <= nowMs + waitMs) return;
    this.wakingAtMs = nowMs + waitMs;
    this.effects.wakeIn(this, waitMs);
  }
}
