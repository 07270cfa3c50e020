import type { Logger } from 'pino';
import type { LaneDelivery, LaneStore, LoadRequest } from './lane.store.js';

/** Lanes of one query. */
const BATCH_MAX_LANES = 50;

interface Asked {
  request: LoadRequest;
  done: (items: readonly LaneDelivery[] | null) => void;
}

/** Collects reads of lanes while one is in flight and makes one query of them. */
export class RowReader {
  private queue: Asked[] = [];
  private reading = false;

  constructor(
    private readonly store: LaneStore,
    private readonly logger: Logger,
  ) {}

  /** `done` gets the rows, or null where they could not be read. */
  load(request: LoadRequest, done: (items: readonly LaneDelivery[] | null) => void): void {
    this.queue.push({ request, done });
    if (this.reading) return;
    this.reading = true;
    setImmediate(() => void this.read());
  }

  private async read(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, BATCH_MAX_LANES);
      const found = await this.find(batch);
      for (const [index, { done }] of batch.entries()) done(found === null ? null : (found[index] ?? []));
    }
    this.reading = false;
  }

  private async find(batch: readonly Asked[]): Promise<readonly (readonly LaneDelivery[])[] | null> {
    try {
      return await this.store.load(batch.map(({ request }) => request));
    } catch (error) {
      this.logger.warn({ err: error, lanes: batch.length }, 'lane rows could not be read');
      return null;
    }
  }
}
