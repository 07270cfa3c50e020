import { CONTRACT_HEADER } from '@hookstile/contracts';
import { aDelivery, until } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProjectionRows } from '../project/projection-rows.js';
import { deliveryRecord, journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { FakeProjectionStore } from './projection.store.fake.js';
import { projectorOver } from './projector.fake.js';
import type { Projector } from './projector.js';

const delivery = aDelivery();
const routed = received(deliveryRecord(delivery), 0);
const attempted = received(journalRecord(sampleAttempt(delivery)), 0);
const newer = { ...attempted, headers: { [CONTRACT_HEADER]: Buffer.from('attempts/2') }, offset: 1 };

class WatchedStore extends FakeProjectionStore {
  readonly written: ProjectionRows[] = [];
  failures = 0;

  override async write(rows: ProjectionRows): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the database is away');
    }
    this.written.push(rows);
    await super.write(rows);
  }
}

describe('projector', () => {
  let store: WatchedStore;
  let projector: Projector;

  beforeEach(() => {
    store = new WatchedStore();
    projector = projectorOver(store, { lingerMs: 1, batchFullRecords: 3 });
  });

  it('writes a delivery that was routed and delivered at once as one row, in one flush', async () => {
    await Promise.all([projector.add('deliveries', [routed]), projector.add('attempts', [attempted])]);
    expect(store.written).toHaveLength(1);
    expect([...(store.written[0]?.deliveries.values() ?? [])].map(({ status }) => status)).toEqual(['delivered']);
  });

  it('resolves only once the rows are stored, and tries again until they are', async () => {
    store.failures = Number.POSITIVE_INFINITY;
    const stored = projector.add('deliveries', [routed]);
    await until(() => {
      expect(() => projector.check()).toThrow('the database is away');
      return true;
    });
    expect(store.rows.deliveries.size).toBe(0);
    store.failures = 0;
    await stored;
    expect(store.rows.deliveries.size).toBe(1);
    expect(() => projector.check()).not.toThrow();
  });

  it('gives up a flush that fails when it is stopped, so that its offsets are not committed', async () => {
    store.failures = Number.POSITIVE_INFINITY;
    const stored = expect(projector.add('deliveries', [routed])).rejects.toThrow('the database is away');
    await projector.stop();
    await stored;
  });

  it('stops at a record of a newer release, but stores what stands before it and what other topics bring', async () => {
    const stopped = projector.add('attempts', [attempted, newer, { ...attempted, offset: 2 }]);
    await Promise.all([
      expect(stopped).resolves.toMatchObject({ stopped: [{ partition: newer.partition, offset: 1 }] }),
      projector.add('deliveries', [routed]),
    ]);
    expect([store.rows.attempts.size, store.rows.deliveries.size]).toEqual([1, 1]);
  });
});
