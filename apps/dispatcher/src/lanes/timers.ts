import type { Clock } from '@hookstile/service-runtime';

interface Entry<T> {
  atMs: number;
  subject: T;
}

/** Longest wait of one timer of the platform, which takes 32 bits. */
const WAIT_MAX_MS = 60_000;

/** Many due times behind one timer of the platform: a heap by due time. A subject may have several. */
export class Timers<T> {
  private readonly heap: Entry<T>[] = [];
  private timer: NodeJS.Timeout | null = null;
  private armedForMs = Number.POSITIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly fire: (subject: T, nowMs: number) => void,
  ) {}

  set(subject: T, atMs: number): void {
    this.heap.push({ atMs, subject });
    this.up(this.heap.length - 1);
    this.arm();
  }

  stop(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.heap.length = 0;
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
      this.fire(first.subject, nowMs);
    }
    this.arm();
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
