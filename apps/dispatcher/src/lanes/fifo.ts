/** A persistent first-in-first-out queue: every change returns a new queue and costs O(1) amortised, so that a decider can stay pure on a hot path. */
export interface Fifo<T> {
  readonly front: Cell<T> | null;
  readonly back: Cell<T> | null;
  readonly length: number;
}

interface Cell<T> {
  readonly value: T;
  readonly next: Cell<T> | null;
}

const EMPTY: Fifo<never> = { front: null, back: null, length: 0 };

export function emptyFifo<T>(): Fifo<T> {
  return EMPTY;
}

function reversed<T>(cells: Cell<T> | null): Cell<T> | null {
  let result: Cell<T> | null = null;
  for (let cell = cells; cell !== null; cell = cell.next) result = { value: cell.value, next: result };
  return result;
}

/** The front is only empty where the whole queue is: `first` needs no search. */
export function push<T>(queue: Fifo<T>, values: readonly T[]): Fifo<T> {
  if (values.length === 0) return queue;
  let back = queue.back;
  for (const value of values) back = { value, next: back };
  const length = queue.length + values.length;
  return queue.front === null ? { front: reversed(back), back: null, length } : { front: queue.front, back, length };
}

export function first<T>(queue: Fifo<T>): T | null {
  return queue.front === null ? null : queue.front.value;
}

export function withoutFirst<T>(queue: Fifo<T>): Fifo<T> {
  if (queue.front === null) return queue;
  if (queue.length === 1) return EMPTY;
  const front = queue.front.next;
  const length = queue.length - 1;
  return front === null ? { front: reversed(queue.back), back: null, length } : { front, back: queue.back, length };
}

/** Splits off up to `count` values from the front. */
export function take<T>(queue: Fifo<T>, count: number): { taken: T[]; rest: Fifo<T> } {
  const taken: T[] = [];
  let rest = queue;
  for (let value = first(rest); value !== null && taken.length < count; value = first(rest)) {
    taken.push(value);
    rest = withoutFirst(rest);
  }
  return { taken, rest };
}

export function sumOf<T>(queue: Fifo<T>, of: (value: T) => number): number {
  let sum = 0;
  for (const cells of [queue.front, queue.back])
    for (let cell = cells; cell !== null; cell = cell.next) sum += of(cell.value);
  return sum;
}
