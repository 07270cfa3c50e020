/** How many published ids are remembered for a waiter that asks after the fact. */
const REMEMBERED_MAX = 10_000;

/** Who waits for which outbox rows. Knows neither Postgres nor Kafka. */
export class PublicationWaits {
  private readonly waiting = new Map<number, Set<() => void>>();
  private readonly remembered = new Set<number>();

  get size(): number {
    return this.waiting.size;
  }

  get ids(): readonly number[] {
    return [...this.waiting.keys()];
  }

  /** Calls `done` when the row is published; at once when it is known to be. Answers how to stop waiting. */
  add(id: number, done: () => void): () => void {
    if (this.remembered.has(id)) {
      done();
      return () => undefined;
    }
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters.add(done));
    return () => {
      waiters.delete(done);
      if (waiters.size === 0) this.waiting.delete(id);
    };
  }

  published(ids: readonly number[]): void {
    for (const id of ids) {
      this.remembered.add(id);
      const waiters = this.waiting.get(id);
      this.waiting.delete(id);
      for (const done of waiters ?? []) done();
    }
    this.forget();
  }

  private forget(): void {
    for (const id of this.remembered) {
      if (this.remembered.size <= REMEMBERED_MAX) return;
      this.remembered.delete(id);
    }
  }
}
