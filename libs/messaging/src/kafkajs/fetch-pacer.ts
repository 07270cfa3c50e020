import { setTimeout as sleep } from 'node:timers/promises';

/**
 * kafkajs fetches again once all handlers of a fetch have resolved, and the broker answers with the first partition
 * that has something. A short pause, shared by a fetch's handlers, lets the rest of the same write come along.
 */
export class FetchPacer {
  private current: Promise<void> | null = null;

  constructor(private readonly intervalMs: number) {}

  pause(): Promise<void> {
    if (this.intervalMs === 0) return Promise.resolve();
    this.current ??= sleep(this.intervalMs).then(() => {
      this.current = null;
    });
    return this.current;
  }
}
