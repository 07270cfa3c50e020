import { expect, test } from 'vitest';
import { NEVER_REFUSED, type TenantBeginning, type TenantBeginningStore } from './tenant-beginning.store.js';

const MINUTE_MS = 60_000;
const NOW_MS = 1_000 * MINUTE_MS;

const refused = (tenantId: string, refusedThrough: number, sourcePartition = 0): TenantBeginning => ({
  tenantId,
  sourcePartition,
  refusedThrough,
  begun: false,
});

const begun = (tenantId: string, refusedThrough = NEVER_REFUSED, sourcePartition = 0): TenantBeginning => ({
  tenantId,
  sourcePartition,
  refusedThrough,
  begun: true,
});

/** What every store of tenants' beginnings must do. `open` gives an empty one. */
export function tenantBeginningStoreConformance(open: () => Promise<TenantBeginningStore>): void {
  const settled = async (store: TenantBeginningStore, found: TenantBeginning) =>
    (await store.settle([found], NOW_MS))[0];

  test('what is found first holds, by tenant and partition', async () => {
    const store = await open();
    const found = [refused('ten_1', 2 ** 40), begun('ten_2'), refused('ten_1', 7, 3)];
    const answer = await store.settle(found, NOW_MS);
    expect(answer).toHaveLength(3);
    expect(answer).toEqual(expect.arrayContaining(found));
  });

  test('refused through the highest offset, until it begins', async () => {
    const store = await open();
    await settled(store, refused('ten_1', 5));
    expect(await settled(store, refused('ten_1', 3))).toEqual(refused('ten_1', 5));
    expect(await settled(store, refused('ten_1', 8))).toEqual(refused('ten_1', 8));
    expect(await settled(store, begun('ten_1'))).toEqual(begun('ten_1', 8));
    expect(await settled(store, begun('ten_1', NEVER_REFUSED, 1))).toEqual(begun('ten_1', NEVER_REFUSED, 1));
  });

  test('what has begun is refused no more', async () => {
    const store = await open();
    await settled(store, begun('ten_1'));
    expect(await settled(store, refused('ten_1', 8))).toEqual(begun('ten_1'));
    expect(await settled(store, begun('ten_1'))).toEqual(begun('ten_1'));
  });

  test('of routers that find differently at the same time one is right, for each tenant', async () => {
    const store = await open();
    const tenants = Array.from({ length: 50 }, (_, i) => `ten_${i}`);
    const [one, ...others] = await Promise.all([
      store.settle(
        tenants.map((id) => begun(id)),
        NOW_MS,
      ),
      store.settle(
        tenants.toReversed().map((id) => refused(id, 4)),
        NOW_MS,
      ),
    ]);
    for (const found of one) expect([begun(found.tenantId), begun(found.tenantId, 4)]).toContainEqual(found);
    const isRefused = new Map(one.map(({ tenantId, refusedThrough }) => [tenantId, refusedThrough === 4]));
    for (const found of others.flat()) expect(found.begun).toBe(!isRefused.get(found.tenantId));
  });

  test('removes at most so many that nobody found anything about for long, and nothing else', async () => {
    const store = await open();
    await store.settle([refused('old1', 1), begun('old2'), refused('old3', 1), refused('seen', 1)], NOW_MS);
    await store.settle([refused('seen', 2), begun('new')], NOW_MS + 5 * MINUTE_MS);
    const beforeMs = NOW_MS + MINUTE_MS;
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(2);
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(1);
    expect(await store.removeOlderThan(beforeMs, 2)).toBe(0);
    expect(await settled(store, begun('seen'))).toEqual(begun('seen', 2));
    expect(await settled(store, begun('old1'))).toEqual(begun('old1'));
  });

  test('settles nothing without complaint', async () => {
    expect(await (await open()).settle([], NOW_MS)).toEqual([]);
  });
}
