import { expect, it } from 'vitest';
import type { ListPosition } from '../read/list-page.js';
import { BY, HOUR_MS, MissedDeliveries, type RecoveryStores, SINCE_MS, TERM_MS } from './missed-deliveries.fake.js';
import { OPEN_RECOVERIES_PER_TENANT_MAX } from './recovery.bounds.js';
import type { RecoveryFilters } from './recovery.store.js';
import type { NewRecovery } from './recovery.types.js';

/** What the store and its fake keep. */
export function recoveryStoreConformance(make: () => RecoveryStores): void {
  it('counts and takes what had ended so in the span, and nothing that ended later', async () => {
    const missed = new MissedDeliveries(make());
    const { store } = missed.stores;
    await missed.ended(0, 0, 'failed');
    await missed.ended(1, 1, 'failed');
    await missed.ended(2, 2, 'discarded');
    await missed.ended(3, 3, 'delivered');
    const counted = (given: Partial<NewRecovery>) => store.count(missed.selection(given));
    expect(await counted({})).toBe(2);
    expect(await counted({ selected: 'discarded' })).toBe(1);
    expect(await counted({ selected: 'all' })).toBe(4);
    expect(await counted({ sinceMs: SINCE_MS + 1, untilMs: SINCE_MS + HOUR_MS })).toBe(0);
    expect(await counted({ sinceMs: SINCE_MS + HOUR_MS })).toBe(1);
    expect(await counted({ tenantId: 'ten_other' })).toBe(0);
    const id = await missed.start();
    await missed.ended(4, 4, 'failed');
    expect(await missed.get(id)).toMatchObject({ status: 'running', matched: 2, queued: 0 });
    const lease = await missed.lease(id);
    expect((await missed.stores.work.claim(lease, 10))?.map(({ deliveryOffset }) => deliveryOffset)).toEqual([0, 1]);
  });

  it('runs one an integration, and has open no more than a tenant may', async () => {
    const missed = new MissedDeliveries(make());
    const { store, work } = missed.stores;
    const [first, second] = await Promise.all([
      store.start(missed.selection(), null),
      store.start(missed.selection(), null),
    ]);
    expect([first, second].map(({ outcome }) => outcome).sort()).toEqual(['running', 'started']);
    const of = (n: number) => ({ integrationId: `${missed.integrationId}_${n}` });
    for (let n = 1; n < OPEN_RECOVERIES_PER_TENANT_MAX; n += 1) await missed.start(of(n));
    const more = missed.selection(of(OPEN_RECOVERIES_PER_TENANT_MAX));
    expect(await store.start(more, null)).toEqual({ outcome: 'too-many-of-tenant' });
    const { rows: own } = await missed.stores.lists.list(missed.tenantId, {}, { limit: 100, after: null });
    const leases = await work.lease({ owner: 'a', working: [] }, TERM_MS, 1_000);
    for (const lease of leases) if (own.some(({ id }) => id === lease.id)) await work.done(lease, 1);
    expect((await store.start(more, null)).outcome).toBe('started');
  });

  it('starts one by a key, whatever runs or is beyond a bound, until the key expires', async () => {
    const missed = new MissedDeliveries(make());
    const { store } = missed.stores;
    const [asked, again] = [missed.selection(), missed.selection()];
    const key = { id: `key_${asked.id}`, fingerprint: 'f', expiredMs: asked.startedAtMs - 1 };
    expect(await store.startedBefore(missed.tenantId, key)).toBeNull();
    const started = await store.start(asked, key);
    const before = { outcome: 'started-before', fingerprint: 'f', recovery: { id: asked.id } };
    expect(started).toMatchObject({ outcome: 'started', recovery: { id: asked.id } });
    expect(await store.start(again, { ...key, fingerprint: 'other' })).toMatchObject(before);
    expect(await store.startedBefore(missed.tenantId, key)).toMatchObject(before);
    expect(await store.startedBefore('ten_other', key)).toBeNull();
    expect(await store.start(again, { ...key, id: `${key.id}_other` })).toMatchObject({ outcome: 'running' });
    await store.stop(missed.tenantId, asked.id, { reason: 'requested', atMs: 6, by: BY });
    expect(await store.start(again, key)).toMatchObject(before);
    const later = { ...key, fingerprint: 'g', expiredMs: asked.startedAtMs };
    expect(await store.startedBefore(missed.tenantId, later)).toBeNull();
    expect(await store.start(again, later)).toMatchObject({ outcome: 'started', recovery: { id: again.id } });
    expect(await store.startedBefore(missed.tenantId, later)).toMatchObject({
      fingerprint: 'g',
      recovery: { id: again.id },
    });
  });

  it('lists the newest first, narrowed, and goes on behind any of them', async () => {
    const missed = new MissedDeliveries(make());
    const { store, lists } = missed.stores;
    const of = (n: number) => ({ integrationId: `${missed.integrationId}_${n}` });
    const ids: string[] = [];
    for (const n of [0, 1, 2, 3]) ids.unshift(await missed.start(of(n)));
    await store.stop(missed.tenantId, ids[0] ?? '', { reason: 'requested', atMs: 6, by: BY });
    const { rows: all } = await lists.list(missed.tenantId, {}, { limit: 2, after: null });
    expect(all.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const after = { atMs: all[1]?.startedAtMs ?? 0, key: ids[1] ?? '' };
    const listed = async (filters: RecoveryFilters, behind: ListPosition | null = null) =>
      (await lists.list(missed.tenantId, filters, { limit: 5, after: behind })).rows.map(({ id }) => id);
    expect(await listed({}, after)).toEqual(ids.slice(2));
    expect(await listed({ status: 'stopped' })).toEqual(ids.slice(0, 1));
    expect(await listed({ ...of(2), status: 'running' })).toEqual(ids.slice(1, 2));
    expect(await listed({ status: 'done' })).toEqual([]);
  });
}
