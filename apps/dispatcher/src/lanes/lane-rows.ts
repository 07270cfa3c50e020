import { LOAD_RETRY_DELAY_MS, LOADED_MAX_BYTES, STORE_RETRY_DELAY_MS } from './lane.bounds.js';
import type { Lane } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { LaneEffect, LaneInput } from './lane.types.js';
import type { LaneServices } from './lane-services.js';
import type { PartitionProgress } from './partition-progress.js';

export interface LaneRowsOptions {
  fence: Fence;
  services: LaneServices;
  progress: PartitionProgress;
  give(lane: Lane, input: LaneInput<LaneDelivery>): void;
  /** Rows from `offset` on were written. */
  onStored(lane: Lane, offset: number): void;
  onDeleted(lane: Lane): void;
}

/** Writes, reads and deletes the rows of a partition's lanes. */
export class LaneRows {
  constructor(private readonly options: LaneRowsOptions) {}

  park(lane: Lane, { insert, update }: Extract<LaneEffect<LaneDelivery>, { kind: 'park rows' }>): void {
    const { fence, services, progress, give, onStored } = this.options;
    const needs = lane.needsAtStore;
    lane.needsAtStore = [];
    const storedAtMs = services.clock.nowMs();
    services.writer.add({ kind: 'park', fence, lane: lane.name, insert, update, storedAtMs }, (stored) => {
      if (stored) for (const need of needs) progress.needs.release(need);
      else lane.needsAtStore.push(...needs);
      if (stored) give(lane, { kind: 'rows stored' });
      else give(lane, { kind: 'rows failed', retryAtMs: services.clock.nowMs() + STORE_RETRY_DELAY_MS });
      const first = (insert[0] ?? update[0])?.offset;
      if (stored && first !== undefined) onStored(lane, first);
    });
  }

  load(lane: Lane, { after, limit }: { after: number; limit: number }): void {
    const { services, give } = this.options;
    const { frontRows, rules } = lane.state;
    // With many rows read ahead already, only as many as the next push may have.
    const isShort = services.loaded.bytes > LOADED_MAX_BYTES;
    const few = isShort ? Math.min(limit, Math.max(frontRows, rules.batch.maxItems)) : limit;
    services.reader.load({ lane: lane.name, after, limit: few }, (items) => {
      if (items) give(lane, { kind: 'rows loaded', items });
      else give(lane, { kind: 'load failed', retryAtMs: services.clock.nowMs() + LOAD_RETRY_DELAY_MS });
    });
  }

  delete(lane: Lane, offsets: readonly number[]): void {
    const { fence, services, progress, onDeleted } = this.options;
    const release = progress.needForRows(offsets);
    lane.deletes += 1;
    services.writer.add({ kind: 'delete', fence, integrationId: lane.name.integrationId, offsets }, () => {
      lane.deletes -= 1;
      release();
      onDeleted(lane);
    });
  }
}
