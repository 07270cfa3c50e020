import { expect, it, vi } from 'vitest';
import { FakeLaneStore } from './lane.store.fake.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { listLanes } from './lane-list.js';

vi.mock('./lane.bounds.js', async (original) => ({
  ...(await original<object>()),
  LIST_LANES_MAX: 2,
  LIST_ROWS_MAX: 3,
}));

it('lists lanes by who has waited longest, page by page, and looks at a few rows for each', async () => {
  const store = new FakeLaneStore(new Map([[0, 1]]));
  const fence = { partition: 0, epoch: 1 };
  const common = { store, partition: 0, integrationId: 'int_1', lanes: [], isStopped: false, version: 1, nowMs: 0 };
  for (const [offset, key] of ['a', 'a', 'a', 'a', 'a', 'a', 'a', 'b', 'c'].entries()) {
    const lane = { partition: 0, integrationId: 'int_1', key };
    await store.write([{ kind: 'park', fence, lane, insert: [aLaneDelivery({ offset })], update: [], storedAtMs: 1 }]);
  }
  const pages: string[][] = [];
  for (let after: number | null = -1; after !== null; ) {
    const { items, next }: { items: { key: string }[]; next: number | null } = await listLanes(common, after, 5);
    pages.push(items.map(({ key }) => key));
    after = next;
  }
  expect(pages).toEqual([['a'], [], ['b', 'c'], []]);
});
