import type { Clock } from '@hookstile/service-runtime';

interface Entry<T> {
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
 */
export class Timers<T> {
  private heap: Entry<T>[] = [];
  private readonly dueAtMs = new Map<T, number>();
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

  set(subject: T, atMs: number): void {
    const known = this.dueAtMs.get(subject);
    if (known !== undefined && known <= atMs) return;
    this.dueAtMs.set(subject, atMs);
    this.push({ atMs, subject });
    this.dropStale();
    this.arm();
  }

  forget(subject: T): void {
    if (this.dueAtMs.delete(subject)) this.dropStale();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.heap = [];
    this.dueAtMs.clear();
  }

  private arm(): void {
    const first = this.heap[0];
    if (first === undefined || (this.timer !== null && this.armedForMs <= first.atMs)) return;
    if (this.timer) clearTimeout(this.timer);
    this.armedForMs = first.atMs;
    const waitMs = Math.min(Math.max(0, first.atMs - this.clock.nowMs()), WAIT_MAX_MS);
    this.timer = setTimeout(() => this.due(), waitMs);
  }

  private due(): void {
    this.timer = null;
    const nowMs = this.clock.nowMs();
    for (let first = this.heap[0]; first !== undefined && first.atMs <= nowMs; first = this.heap[0]) {
      this.removeFirst();
      if (this.dueAtMs.get(first.subject) !== first.atMs) continue;
      this.dueAtMs.delete(first.subject);
      this.fire(first.subject, nowMs);
    }
    this.arm();
  }

  private dropStale(): void {
    if (this.heap.length <= 2 * this.dueAtMs.size + STALE_MAX_COUNT) return;
    this.heap = [];
    for (const [subject, atMs] of this.dueAtMs) this.push({ atMs, subject });
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
    return this.heap[index]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}
