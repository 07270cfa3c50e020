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

const integrationId = 'int_1';
const lane: LaneName = { partition: 3, integrationId, key: 'main' };
const backlog = { partition: 3, integrationId, after: -1, limit: 5 };
const ofAll = { partition: 3, integrationId: null, after: null, limit: 9 };
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
    const parkIn = (integration: string, key: string, ...insert: LaneDelivery[]) =>
      store.write([
        {
          kind: 'park',
          fence,
          lane: { partition: 3, integrationId: integration, key },
          insert,
          update: [],
          storedAtMs: 1,
        },
      ]);
    const laneOf = async (name = lane) => (await store.lanes([name]))[0];
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
      expect(await laneOf()).toEqual({
        name: lane,
        rows: 2,
        first: { offset: 10, version: 1, attempt: 2, dueAtMs: 5_000, push: null, exhaustedUnder: null },
        last: 11,
      });
    });

    it('deletes rows, also those of the same batch', async () => {
      await store.write([
        { kind: 'delete', fence, integrationId, offsets: [10] },
        { kind: 'park', fence, lane, insert: [item(10), item(11)], update: [], storedAtMs: 1 },
      ]);
      expect(await offsets()).toEqual([11]);
      expect((await store.partition(3)).rows).toEqual(new Map([['int_1', 1]]));
    });

    it('tells which held rows were not journaled', async () => {
      await park([item(10), item(11, { push: 9 })]);
      await store.write([{ kind: 'told', fence, integrationId, offsets: [10] }]);
      const untold = await store.untold(backlog);
      expect(untold).toMatchObject([{ offset: 11, push: 9, storedAtMs: 1_000, envelope: { event: { id: 'evt_11' } } }]);
      expect(await store.backlog(backlog)).toHaveLength(2);
    });

    it('has a held row journaled again after it was attempted', async () => {
      await park([item(10), item(11)]);
      await store.write([{ kind: 'told', fence, integrationId, offsets: [10, 11] }]);
      await park([], item(10, { attempt: 2, dueAtMs: 5_000 }));
      expect((await store.untold(backlog)).map(({ offset }) => offset)).toEqual([10]);
    });

    it('puts right when the rows of a lane are due, where they still say what was read', async () => {
      const due = { attempt: 2, dueAtMs: 5_000 };
      await park([item(10, due), item(11, due), item(12, { attempt: 2, dueAtMs: 6_000 })]);
      await parkIn('int_1', 'another', item(13, due));
      const putRight = { kind: 'due', fence, lane, fromMs: 5_000, toMs: 4_000 } as const;
      await store.write([putRight, { ...putRight, fence: late, toMs: 1 }]);
      await store.write([putRight]);
      const [rows] = await store.load([{ lane, after: -1, limit: 5 }]);
      expect(rows?.map(({ dueAtMs }) => dueAtMs)).toEqual([4_000, 4_000, 6_000]);
      expect((await laneOf({ ...lane, key: 'another' }))?.first.dueAtMs).toBe(5_000);
    });

    it('never takes the attempt of a row back', async () => {
      await park([item(10, { attempt: 3, dueAtMs: 9_000 })]);
      const next = { attempt: 2, dueAtMs: 5_000, push: null, exhaustedUnder: null };
      await store.write([{ kind: 'retry', fence, integrationId, offset: 10, next }]);
      expect((await laneOf())?.first).toMatchObject({ attempt: 3, dueAtMs: 9_000 });
    });

    it('keeps a delivery in one lane only', async () => {
      await park([item(10)]);
      await parkIn('int_1', 'another', item(10, { attempt: 2 }));
      expect(await store.backlog(backlog)).toMatchObject([{ offset: 10, key: 'main', attempt: 2 }]);
    });

    it('tells of each of some lanes how much is stored', async () => {
      await parkIn('int_1', 'a', item(10), item(13));
      await parkIn('int_1', 'b', item(11, { push: 11, exhaustedUnder: 4 }));
      const found = await store.lanes(['b', 'none', 'a'].map((key) => ({ ...lane, key })));
      expect(found).toMatchObject([
        { name: { key: 'b' }, rows: 1, first: { offset: 11, push: 11, exhaustedUnder: 4 }, last: 11 },
        null,
        { name: { key: 'a' }, rows: 2, first: { offset: 10 }, last: 13 },
      ]);
    });

    it('goes through lanes by their first rows, page by page, of one integration or of all', async () => {
      await parkIn('int_1', 'a', item(10), item(11));
      await parkIn('int_1', 'b', item(12));
      await parkIn('int_2', 'a', item(13), item(14));
      await parkIn('int_3', 'a', item(15));
      const page = async (
        after: { integrationId: string; key: string | null } | null,
        integration: string | null = null,
      ) =>
        (await store.lanePage({ partition: 3, integrationId: integration, after, limit: 2 })).map(({ name, first }) => [
          name.integrationId,
          name.key,
          first.offset,
        ]);
      expect(await page(null)).toEqual([
        ['int_1', 'a', 10],
        ['int_1', 'b', 12],
      ]);
      expect(await page({ integrationId: 'int_1', key: 'a' })).toEqual([
        ['int_1', 'b', 12],
        ['int_2', 'a', 13],
      ]);
      expect(await page({ integrationId: 'int_1', key: null })).toEqual([
        ['int_2', 'a', 13],
        ['int_3', 'a', 15],
      ]);
      expect(await page({ integrationId: 'int_1', key: 'a' }, 'int_1')).toEqual([['int_1', 'b', 12]]);
      expect(await page(null, 'int_2')).toEqual([['int_2', 'a', 13]]);
      expect(await store.lanePage({ partition: 4, integrationId: null, after: null, limit: 2 })).toEqual([]);
    });

    it('finds lanes by when a row is due, page by page', async () => {
      await parkIn('int_1', 'a', item(10, { dueAtMs: 3_000 }), item(11));
      await parkIn('int_1', 'b', item(12, { dueAtMs: 2_000 }), item(13, { dueAtMs: 2_000 }));
      await parkIn('int_2', 'a', item(14, { dueAtMs: 2_000 }));
      await parkIn('int_2', 'z', item(15, { dueAtMs: 9_000 }));
      await parkIn('int_3', 'a', item(16));
      const all = { partition: 3, integrationId: null, except: [], after: null, throughMs: 3_000, limit: 9 };
      const due = async (request: Partial<typeof all> | object = {}) =>
        (await store.dueLanes({ ...all, ...request })).map(({ integrationId: id, key, dueAtMs }) => [id, key, dueAtMs]);
      expect(await due()).toEqual([
        ['int_1', 'b', 2_000],
        ['int_2', 'a', 2_000],
        ['int_1', 'a', 3_000],
      ]);
      expect(await due({ limit: 1 })).toEqual([['int_1', 'b', 2_000]]);
      expect(await due({ after: { dueAtMs: 2_000, integrationId: 'int_1', key: 'b' } })).toEqual([
        ['int_2', 'a', 2_000],
        ['int_1', 'a', 3_000],
      ]);
      expect(await due({ except: ['int_1'] })).toEqual([['int_2', 'a', 2_000]]);
      expect(await due({ integrationId: 'int_2', throughMs: 9_000 })).toEqual([
        ['int_2', 'a', 2_000],
        ['int_2', 'z', 9_000],
      ]);
    });

    it('reads rows that were held as due at once, until they are attempted again', async () => {
      await park([item(10, { dueAtMs: 9_000, attempt: 2 }), item(11)]);
      await store.write([{ kind: 'told', fence, integrationId, offsets: [10] }]);
      const due = async () => {
        const [[page], [rows]] = [await store.lanePage(ofAll), await store.load([{ lane, after: -1, limit: 1 }])];
        return [(await laneOf())?.first, page?.first, rows?.[0]].map((first) => [first?.attempt, first?.dueAtMs]);
      };
      expect(await due()).toEqual([
        [2, null],
        [2, null],
        [2, null],
      ]);
      const again = item(10, { dueAtMs: 99_000, attempt: 3 });
      // Told of before it was attempted, and written with it.
      await store.write([
        { kind: 'park', fence, lane, insert: [], update: [again], storedAtMs: 1 },
        { kind: 'told', fence, integrationId, offsets: [10] },
      ]);
      expect(await due()).toEqual([
        [3, 99_000],
        [3, 99_000],
        [3, 99_000],
      ]);
    });

    it('finds the lanes of an integration by who has waited longest', async () => {
      await parkIn('int_1', 'b', item(10), item(12));
      await parkIn('int_1', 'a', item(11), item(14));
      await parkIn('int_1', 'c', item(13));
      await parkIn('int_2', 'a', item(9));
      const found = (after: number, limit = 5, rows = 9) => store.longestWaiting({ ...backlog, after, limit, rows });
      const keys = async (...those: Parameters<typeof found>) =>
        (await found(...those)).lanes.map(({ name }) => name.key);
      expect([await keys(-1), await keys(10), await keys(-1, 1)]).toEqual([['b', 'a', 'c'], ['a', 'c'], ['b']]);
      expect([await keys(-1, 5, 3), (await found(-1, 5, 3)).through]).toEqual([['b', 'a'], 12]);
      expect([await keys(11, 5, 1), (await found(11, 5, 1)).through]).toEqual([[], 12]);
      expect([(await found(-1, 5, 5)).through, (await found(-1, 5, 6)).through]).toEqual([14, null]);
    });

    it('reads what waits in each of some lanes, without its bytes', async () => {
      await parkIn('int_1', 'a', item(10, { exhaustedUnder: 2 }), item(12));
      await parkIn('int_1', 'b', item(11));
      const found = await store.waiting([
        { lane: { ...lane, key: 'b' }, after: -1, limit: 5 },
        { lane: { ...lane, key: 'a' }, after: -1, limit: 1 },
        { lane, after: -1, limit: 1 },
      ]);
      expect(found.map((rows) => rows.map(({ offset }) => offset))).toEqual([[11], [10], []]);
      expect(found[1]?.[0]).toMatchObject({ exhaustedUnder: 2, storedAtMs: 1 });
    });

    it('reads and counts an integration across its lanes, in order', async () => {
      await parkIn('int_1', 'b', item(10), item(12));
      await parkIn('int_1', 'a', item(11));
      await parkIn('int_2', 'a', item(13));
      expect((await store.backlog({ ...backlog, after: 10 })).map(({ offset, key }) => [offset, key])).toEqual([
        [11, 'a'],
        [12, 'b'],
      ]);
      expect([await store.count(backlog), await store.count({ ...backlog, after: 10 })]).toEqual([3, 2]);
      expect(await store.count({ ...backlog, limit: 2 })).toBe(2);
      const oldest = await store.oldest(3, ['int_1', 'int_9', 'int_2']);
      expect([...oldest].map(([id, { offset }]) => [id, offset])).toEqual([
        ['int_1', 10],
        ['int_2', 13],
      ]);
    });

    it('keeps a signal that belongs to no run until it is sent', async () => {
      await store.write([{ kind: 'signal', fence, signal }]);
      await store.write([{ kind: 'signal', fence: late, signal: { ...signal, sequence: 6 } }]);
      expect((await store.partition(3)).signals).toEqual([{ partition: 3, signal }]);
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
