import type { IntegrationSignal } from '@hookstile/contracts';
import { FIXED_NOW } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { noFailures } from './failure-run.js';
import type { LaneDelivery, LaneName, LaneStore } from './lane.store.js';
import { aLaneDelivery } from './lane-delivery.fake.js';

export interface LaneStoreUnderTest {
  store: LaneStore;
  /** Makes `epoch` the partition's. */
  lease(partition: number, epoch: number): Promise<void>;
}

const lane: LaneName = { partition: 3, integrationId: 'int_1', key: 'main' };
const fence = { partition: 3, epoch: 7 };
const late = { partition: 3, epoch: 6 };

function item(offset: number, overrides: Partial<LaneDelivery> = {}): LaneDelivery {
  return aLaneDelivery({ offset, delivery: { data: `{"n":"\\u0000${offset}"}` }, ...overrides });
}

const signal: IntegrationSignal = {
  type: 'failing',
  tenantId: 'ten_1',
  integrationId: 'int_1',
  enablement: 1,
  reason: null,
  consecutiveFailures: 1,
  sequence: 5,
  at: FIXED_NOW,
  traceparent: null,
};

/** What every lane store does. */
export function laneStoreConformance(name: string, create: () => Promise<LaneStoreUnderTest>): void {
  describe(`${name}: a lane store`, () => {
    let store: LaneStore;
    const park = (insert: LaneDelivery[], ...update: LaneDelivery[]) =>
      store.write([{ kind: 'park', fence, lane, insert, update, storedAtMs: 1_000 }]);
    const offsets = async (after = -1, limit = 10) => {
      const [rows] = await store.load([{ lane, after, limit }]);
      return rows?.map(({ offset }) => offset);
    };

    beforeEach(async () => {
      const created = await create();
      store = created.store;
      await created.lease(fence.partition, fence.epoch);
    });

    it('reads rows in order, byte for byte', async () => {
      await park([item(12), item(10), item(11)]);
      expect(await offsets()).toEqual([10, 11, 12]);
      expect(await offsets(10, 1)).toEqual([11]);
      const [rows] = await store.load([{ lane, after: -1, limit: 1 }]);
      expect(rows?.[0]).toEqual(item(10, { arrivedAtMs: 1_000 }));
    });

    it('knows which offsets are rows', async () => {
      await park([item(10), item(12), item(11)]);
      expect([...(await store.offsets(3, 11))].sort()).toEqual([11, 12]);
      expect(await store.offsets(4, 0)).toEqual([]);
    });

    it('answers each request with its own rows', async () => {
      await park([item(10)]);
      const other = { ...lane, integrationId: 'int_2' };
      const found = await store.load([
        { lane: other, after: -1, limit: 5 },
        { lane, after: -1, limit: 5 },
      ]);
      expect(found.map((rows) => rows.length)).toEqual([0, 1]);
    });

    it('writes nothing of a lease that is held in another epoch, and all of the others', async () => {
      const write = { kind: 'park', lane, update: [], storedAtMs: 1 } as const;
      const lost = await store.write([
        { ...write, fence: late, insert: [item(1)] },
        { ...write, fence, insert: [item(2)] },
      ]);
      expect(lost).toEqual([late]);
      expect(await offsets()).toEqual([2]);
    });

    it('changes the next attempt of a row, also of one that is written again', async () => {
      await park([item(10), item(11)]);
      await park([item(11, { attempt: 4, dueAtMs: 9_000 })], item(10, { attempt: 2, dueAtMs: 5_000 }));
      const [rows] = await store.load([{ lane, after: -1, limit: 5 }]);
      expect(rows?.map(({ attempt, dueAtMs }) => [attempt, dueAtMs])).toEqual([
        [2, 5_000],
        [4, 9_000],
      ]);
      expect(await store.lane(lane)).toEqual({
        name: lane,
        rows: 2,
        first: { offset: 10, version: 1, attempt: 2, dueAtMs: 5_000, push: null, exhaustedUnder: null },
        last: 11,
      });
    });

    it('deletes rows, also those of the same batch', async () => {
      await store.write([
        { kind: 'delete', fence, lane, offsets: [10] },
        { kind: 'park', fence, lane, insert: [item(10), item(11)], update: [], storedAtMs: 1 },
      ]);
      expect(await offsets()).toEqual([11]);
      expect((await store.partition(3)).lanes).toMatchObject([{ rows: 1, first: { offset: 11 } }]);
    });

    it('tells which held rows were not journaled', async () => {
      await park([item(10), item(11)]);
      await store.write([{ kind: 'told', fence, lane, offsets: [10] }]);
      const untold = await store.untold({ lane, after: -1, limit: 5 });
      expect(untold).toMatchObject([{ offset: 11, storedAtMs: 1_000, envelope: { event: { id: 'evt_11' } } }]);
      expect(await store.waiting({ lane, after: -1, limit: 5 })).toHaveLength(2);
    });

    it('has a held row journaled again after it was attempted', async () => {
      await park([item(10), item(11)]);
      await store.write([{ kind: 'told', fence, lane, offsets: [10, 11] }]);
      await park([], item(10, { attempt: 2, dueAtMs: 5_000 }));
      expect((await store.untold({ lane, after: -1, limit: 5 })).map(({ offset }) => offset)).toEqual([10]);
    });

    it('never takes the attempt of a row back', async () => {
      await park([item(10, { attempt: 3, dueAtMs: 9_000 })]);
      const next = { attempt: 2, dueAtMs: 5_000, push: null, exhaustedUnder: null };
      await store.write([{ kind: 'retry', fence, lane, offset: 10, next }]);
      expect((await store.lane(lane))?.first).toMatchObject({ attempt: 3, dueAtMs: 9_000 });
    });

    it('keeps a run and its signals together, until these are sent', async () => {
      const run = { ...noFailures(1), consecutiveFailures: 1, failingSinceMs: 4, sequence: 5 };
      await store.write([{ kind: 'run', fence, integrationId: 'int_1', run, signals: [signal, signal] }]);
      const stored = await store.partition(3);
      expect([stored.runs.get('int_1'), stored.signals]).toEqual([run, [{ partition: 3, signal }]]);
      await store.write([{ kind: 'signal sent', fence, signal }]);
      expect((await store.partition(3)).signals).toEqual([]);
    });

    it('does not go back to an earlier run', async () => {
      const run = { ...noFailures(1), sequence: 5, stopped: 'gone' as const };
      await store.write([{ kind: 'run', fence, integrationId: 'int_1', run, signals: [] }]);
      await store.write([
        { kind: 'run', fence, integrationId: 'int_1', run: { ...run, sequence: 4, stopped: null }, signals: [] },
      ]);
      expect((await store.partition(3)).runs.get('int_1')).toEqual(run);
    });
  });
}
