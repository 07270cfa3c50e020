import { setTimeout as sleep } from 'node:timers/promises';

/**
 * kafkajs fetches again once all handlers of a fetch have resolved, and the broker answers with the first partition
 * that has something. One short pause a fetch, shared by its handlers, lets the rest of the same write come along.
 */
export class FetchPacer {
  private current: Promise<void> | null = null;

  constructor(private readonly intervalMs: number) {}

  fetchStarted(): void {
    this.current = null;
  }

  pause(): Promise<void> {
    if (this.intervalMs === 0) return Promise.resolve();
    this.current ??= sleep(this.intervalMs);
    return this.current;
  }
}
