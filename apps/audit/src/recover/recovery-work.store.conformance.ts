import { until } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { BY, MissedDeliveries, type RecoveryStores, TERM_MS } from './missed-deliveries.fake.js';

/** What the store of who works recoveries, and its fake, keep. */
export function recoveryWorkStoreConformance(make: () => RecoveryStores): void {
  it('hands over in the order of `deliveries`, some at a time, and again what nobody said was handed over', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    const ids = [
      await missed.ended(2, 5, 'failed'),
      await missed.ended(0, 7, 'failed'),
      await missed.ended(1, 9, 'failed'),
    ];
    const id = await missed.start();
    const first = await missed.lease(id, 0);
    const claimed = await work.claim(first, 2);
    expect(claimed).toEqual(
      ids.slice(0, 2).map((deliveryId, n) => ({
        ...{ position: n + 1, deliveryId, deliveryOffset: 5 + 2 * n, status: 'failed', reason: claimed?.[n]?.reason },
        repeated: false,
      })),
    );
    const second = await missed.lease(id);
    expect(await work.handedOver(first, [])).toBe(false);
    expect(await work.look(first, TERM_MS)).toBeNull();
    expect(await work.look(second, TERM_MS)).toMatchObject({ waiting: 3, claimed: 2, pending: 0 });
    expect(await work.claim(second, 1)).toEqual(claimed);
    expect(await work.handedOver(second, [])).toBe(true);
    expect((await work.claim(second, 5))?.map(({ deliveryId }) => deliveryId)).toEqual(ids.slice(2));
    expect(await work.handedOver(second, [3])).toBe(true);
    const recovery = expect.objectContaining({ queued: 2, expired: 1 });
    expect(await work.look(second, TERM_MS)).toMatchObject({ recovery, waiting: 0, claimed: 0, pending: 2 });
  });

  it('goes by where each was routed first, also of those that were sent once more since', async () => {
    const missed = new MissedDeliveries(make());
    const ids: string[] = [];
    for (const n of [0, 1, 2]) ids.push(await missed.ended(n, n + 1, 'failed'));
    await missed.ended(0, 7, 'failed');
    await missed.ended(1, 5, 'failed');
    // What is read later, or again, says where it stood first all the same.
    await missed.ended(3, 9, 'failed');
    ids.unshift(await missed.ended(3, 0, 'failed'));
    const claimed = await missed.stores.work.claim(await missed.lease(await missed.start()), 10);
    expect(claimed?.map(({ deliveryId, deliveryOffset }) => [deliveryId, deliveryOffset])).toEqual(
      [9, 7, 5, 3].map((offset, n) => [ids[n], offset]),
    );
  });

  it('counts each ending once, and says what somebody else had sent once more', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    for (const n of [0, 1, 2, 3]) await missed.ended(n, n, 'failed');
    const id = await missed.start();
    const lease = await missed.lease(id);
    await work.claim(lease, 3);
    await work.handedOver(lease, []);
    expect(await work.look(lease, TERM_MS)).toMatchObject({ pending: 3, waiting: 1 });
    await missed.ended(0, 10, 'delivered');
    await missed.ended(1, 11, 'failed');
    await missed.ended(2, 12, 'discarded');
    await missed.ended(3, 13, 'delivered');
    const counts = { queued: 3, delivered: 1, failed: 1, discarded: 1 };
    for (const _ of ['first', 'again']) {
      expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery: counts, pending: 0, waiting: 1 });
    }
    expect(await work.claim(lease, 3)).toMatchObject([{ position: 4, repeated: true }]);
    await work.handedOver(lease, []);
    expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery: { queued: 4, delivered: 2 }, pending: 0 });
    expect(await work.done(lease, 5)).toBe(true);
    expect(await missed.get(id)).toMatchObject({ status: 'done', finishedAtMs: 5, matched: 4, delivered: 2 });
    await expect(missed.lease(id, 0)).rejects.toThrow('not to be had');
  });

  it('stops once, for the first reason, and hands over nothing after it', async () => {
    const missed = new MissedDeliveries(make());
    const { store, work } = missed.stores;
    for (const n of [0, 1, 2]) await missed.ended(n, n, 'failed');
    const id = await missed.start();
    const lease = await missed.lease(id);
    await work.claim(lease, 1);
    await work.handedOver(lease, []);
    expect(await store.stop('ten_other', id, { reason: 'requested', atMs: 6, by: BY })).toBeNull();
    expect(await store.stop(missed.tenantId, id, { reason: 'requested', atMs: 6, by: BY })).toMatchObject({
      ...{ status: 'stopped', reason: 'requested', finishedAtMs: 6, stoppedBy: BY, queued: 1 },
    });
    expect(await work.stopLeased(lease, { reason: 'timeout', atMs: 7, by: BY })).toBe(true);
    expect(await work.done(lease, 8)).toBe(true);
    expect(await work.claim(lease, 5)).toEqual([]);
    expect(await work.dropWaiting(lease)).toBe(true);
    expect(await work.told(lease, 'stop')).toBe(true);
    const recovery = expect.objectContaining({ status: 'stopped', reason: 'requested', finishedAtMs: 6 });
    expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery, waiting: 0, pending: 1, stopTold: true });
    await missed.ended(0, 9, 'delivered');
    expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery: { delivered: 1 }, pending: 0 });
    expect(await work.close(lease)).toBe(true);
    await expect(missed.lease(id, 0)).rejects.toThrow('not to be had');
  });

  it('expires what waits and stands below where the topic begins', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    for (const n of [0, 1, 2]) await missed.ended(n, n, 'failed');
    const lease = await missed.lease(await missed.start());
    await work.claim(lease, 1);
    expect(await work.expireBelow(lease, 2)).toBe(true);
    expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery: { expired: 1 }, claimed: 1, waiting: 2 });
  });

  it('is held by one at a time: not while the lease lasts, again once it is released, and not by who is at it', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    await missed.ended(0, 0, 'failed');
    const id = await missed.start();
    const lease = await missed.lease(id);
    await expect(missed.lease(id)).rejects.toThrow('not to be had');
    await work.release(lease);
    const working = (await work.lease({ owner: 'a', working: [id] }, TERM_MS, 1_000)).map((one) => one.id);
    expect(working).not.toContain(id);
    expect((await missed.lease(id)).epoch).toBeGreaterThan(lease.epoch);
  });

  it('gives those first that nobody ever held, and then those that have waited longest', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    const startOf = (n: number) => missed.start({ integrationId: `${missed.integrationId}_${n}` });
    const [older, newer] = [await startOf(1), await startOf(2)];
    // What other tests have left is taken, and held for as long as this one takes.
    const held = await work.lease({ owner: 'a', working: [] }, TERM_MS, 1_000);
    const release = async (id: string) => {
      for (const lease of held) if (lease.id === id) await work.release(lease);
    };
    await release(newer);
    const releasedMs = Date.now();
    await until(() => Date.now() > releasedMs, { what: 'a later time' });
    await release(older);
    const never = await startOf(3);
    const taken: string[] = [];
    for (const _ of [1, 2, 3]) {
      const [lease] = await work.lease({ owner: 'b', working: taken }, TERM_MS, 1);
      taken.push(lease?.id ?? '');
    }
    expect(taken).toEqual([never, newer, older]);
  });

  it('forgets old ones that are closed, and no others', async () => {
    const missed = new MissedDeliveries(make());
    const { work } = missed.stores;
    const [old, open] = [await missed.start(), await missed.start({ integrationId: `${missed.integrationId}_open` })];
    for (const lease of await work.lease({ owner: 'a', working: [] }, TERM_MS, 1_000)) {
      if (lease.id === old) await work.done(lease, 1);
    }
    const startedAtMs = (await missed.get(old))?.startedAtMs ?? 0;
    await work.removeStartedBefore(startedAtMs, 1_000);
    expect(await missed.get(old)).not.toBeNull();
    await work.removeStartedBefore(startedAtMs + 1_000, 1_000);
    expect(await Promise.all([old, open].map(async (id) => (await missed.get(id))?.id))).toEqual([undefined, open]);
  });
}
