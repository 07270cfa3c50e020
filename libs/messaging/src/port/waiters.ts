interface Waiter {
  offset: number;
  resolve: () => void;
}

/** Callers that wait until a partition's position has reached an offset. */
export class Waiters {
  private readonly waiting = new Map<number, Waiter[]>();

  constructor(private readonly positionOf: (partition: number) => number) {}

  reached(partition: number, offset: number): Promise<void> {
    if (this.positionOf(partition) >= offset) return Promise.resolve();
    return new Promise((resolve) => {
      const waiters = this.waiting.get(partition) ?? [];
      waiters.push({ offset, resolve });
      this.waiting.set(partition, waiters);
    });
  }

  advanced(partition: number): void {
    const waiters = this.waiting.get(partition);
    if (!waiters?.length) return;
    const position = this.positionOf(partition);
    const left = waiters.filter(({ offset }) => offset > position);
    this.waiting.set(partition, left);
    for (const { offset, resolve } of waiters) if (offset <= position) resolve();
  }
}
