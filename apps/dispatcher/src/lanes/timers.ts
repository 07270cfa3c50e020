import type { Clock } from '@hookstile/service-runtime';

interface Entry<T> {
  /** Monotonic. */
  dueMs: number;
  /** What was asked for. */
  atMs: number;
  subject: T;
}

/** Longest wait of one timer of the platform, which takes 32 bits. */
const WAIT_MAX_MS = 60_000;

/** The heap is made anew when it holds more than this beyond twice what is due. */
const STALE_MAX_COUNT = 64;

/**
 * Many due times behind one timer of the platform: a heap by due time. A subject has one, the earliest that was set:
 * when it fires, the subject sets what it waits for besides. (One entry a call would let a disabled integration, whose
 * every write asks for a look at it in a month, fill the memory until then.)
 *
 * What is asked for is a time of day; the wait runs on the monotonic clock from then on. A wall clock that was an hour
 * ahead and is put right would else delay every retry by that hour. Whoever is fired is told at least the time asked for.
 */
export class Timers<T> {
  private heap: Entry<T>[] = [];
  private readonly dueOf = new Map<T, Entry<T>>();
  private timer: NodeJS.Timeout | null = null;
  private armedForMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly fire: (subject: T, nowMs: number) => void,
  ) {}

  /** Entries, with those that are stale. */
  get size(): number {
    return this.heap.length;
  }

  /** Fires at that time of day, or once it has waited for the longest that can be meant. */
  set(subject: T, atMs: number, waitMaxMs = Number.POSITIVE_INFINITY): void {
    const dueMs = this.clock.monotonicMs() + Math.min(atMs - this.clock.nowMs(), waitMaxMs);
    const known = this.dueOf.get(subject);
    if (known !== undefined && known.dueMs <= dueMs) return;
    const entry = { dueMs, atMs, subject };
    this.dueOf.set(subject, entry);
    this.push(entry);
    this.dropStale();
    this.arm();
  }

  forget(subject: T): void {
    if (this.dueOf.delete(subject)) this.dropStale();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.heap = [];
    this.dueOf.clear();
  }

  private arm(): void {
    const first = this.heap[0];
    if (first === undefined || (this.timer !== null && this.armedForMs <= first.dueMs)) return;
    if (this.timer) clearTimeout(this.timer);
    this.armedForMs = first.dueMs;
    const waitMs = Math.min(Math.max(0, first.dueMs - this.clock.monotonicMs()), WAIT_MAX_MS);
    this.timer = setTimeout(() => this.due(), waitMs);
  }

  private due(): void {
    this.timer = null;
    const nowMs = this.clock.monotonicMs();
    for (let first = this.heap[0]; first !== undefined && first.dueMs <= nowMs; first = this.heap[0]) {
      this.removeFirst();
      if (this.dueOf.get(first.subject) !== first) continue;
      this.dueOf.delete(first.subject);
      this.fire(first.subject, Math.max(this.clock.nowMs(), first.atMs));
    }
    this.arm();
  }

  private dropStale(): void {
    if (this.heap.length <= 2 * this.dueOf.size + STALE_MAX_COUNT) return;
    this.heap = [];
    for (const entry of this.dueOf.values()) this.push(entry);
  }

  private push(entry: Entry<T>): void {
    this.heap.push(entry);
    this.up(this.heap.length - 1);
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.down(0);
  }

  private up(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || this.atOf(parent) <= this.atOf(index)) return;
    this.swap(index, parent);
    this.up(parent);
  }

  private down(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const least = this.atOf(right) < this.atOf(left) ? right : left;
    if (this.atOf(index) <= this.atOf(least)) return;
    this.swap(index, least);
    this.down(least);
  }

  private atOf(index: number): number {
    return this.heap[index]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}
