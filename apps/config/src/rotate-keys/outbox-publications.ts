import type { Publications } from '../changes/changes.js';
import { PUBLICATION_POLL_MS, PUBLICATION_WAIT_MAX_MS } from './rotation.bounds.js';

export interface OutboxPublicationsParts {
  /** Tells the relay that there is something to publish. */
  hint(): Promise<unknown>;
  /** How many of these rows are still to be published. */
  unpublished(ids: readonly number[]): Promise<number>;
  monotonicMs(): number;
  sleep(ms: number): Promise<unknown>;
}

/** Waits for the relay of the running services, which publishes what a program beside them has changed. */
export class OutboxPublications implements Publications {
  readonly waiting = 0;

  constructor(private readonly parts: OutboxPublicationsParts) {}

  /** Nobody waits for an answer here, so that it is longer than a request's wait. */
  async published(outboxIds: readonly number[]): Promise<boolean> {
    if (outboxIds.length === 0) return true;
    await this.parts.hint();
    const deadlineMs = this.parts.monotonicMs() + PUBLICATION_WAIT_MAX_MS;
    while ((await this.parts.unpublished(outboxIds)) > 0) {
      if (this.parts.monotonicMs() > deadlineMs) return false;
      await this.parts.sleep(PUBLICATION_POLL_MS);
    }
    return true;
  }
}
