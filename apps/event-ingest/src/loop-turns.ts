import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@hookstile/service-runtime';

/** Nobody waits for longer while one goes through much. */
const TURN_MAX_MS = 5;

/**
 * Gives others their turn of the event loop while one goes through many events, schemas, filters or deliveries: the
 * group's heartbeats, and the requests that the front door answers in the same process.
 */
export class LoopTurns {
  private sinceMs: number;

  constructor(private readonly clock: Pick<Clock, 'monotonicMs'>) {
    this.sinceMs = clock.monotonicMs();
  }

  get isDue(): boolean {
    return this.clock.monotonicMs() - this.sinceMs > TURN_MAX_MS;
  }

  async give(): Promise<void> {
    await turn();
    this.sinceMs = this.clock.monotonicMs();
  }
}
