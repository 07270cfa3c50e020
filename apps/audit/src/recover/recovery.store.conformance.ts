import { aDelivery } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { journaled, journalRecord, received, sampleAttempt, sampleDiscarded } from '../project/sample-records.js';
import type { ProjectionStore } from '../projection/projection.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { ListPosition } from '../read/list-page.js';
import { OPEN_RECOVERIES_PER_TENANT_MAX } from './recovery.bounds.js';
import type {
  RecoveryFilters,
  RecoveryLease,
  RecoveryListStore,
  RecoveryStore,
  RecoveryWorkStore,
} from './recovery.store.js';
import type { NewRecovery, SelectedStatus } from './recovery.types.js';

export interface RecoveryStores {
  projections: ProjectionStore;
  store: RecoveryStore;
  lists: RecoveryListStore;
  work: RecoveryWorkStore;
}

const SINCE_MS = Date.parse('2026-01-02T00:00:00.000Z');
const HOUR_MS = 3_600_000;
const TERM_MS = 60_000;
const BY = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: 'req_1' } as const;
const ENDINGS = { delivered: { push: 'delivered' }, failed: { push: 'failed', outcome: 'failed' } } as const;

let made = 0;

/** A tenant of a test's own with one integration, whose deliveries stand at rising offsets of `deliveries`. */
class Missed {
  readonly tenantId: string;
  readonly integrationId: string;
  private sequence = 0;

  constructor(readonly stores: RecoveryStores) {
    made += 1;
    this.tenantId = `ten_recovered_${made}`;
    this.integrationId = `int_recovered_${made}`;
  }

  /** Says how the event `n`, of the hour `n`, ended at an offset. */
  async ended(n: number, offset: number, status: 'delivered' | 'failed' | 'discarded'): Promise<string> {
    const acceptedAt = new Date(SINCE_MS + n * HOUR_MS).toISOString();
    const event = { tenantId: this.tenantId, id: `evt_${n}`, acceptedAt };
    const delivery = aDelivery({ event, integrationId: this.integrationId });
    this.sequence += 1;
    const about = { sequence: this.sequence, deliveries: [journaled(delivery, offset)] };
    const record =
      status === 'discarded'
        ? sampleDiscarded(delivery, about)
        : sampleAttempt(delivery, { ...about, attempt: this.sequence, ...ENDINGS[status] });
    const records = [received(journalRecord(record), this.sequence)];
    await writeBatches(this.stores.projections, [{ topic: 'attempts', records }]);
    return delivery.envelope.deliveryId;
  }

  selection(given: Partial<NewRecovery> = {}): NewRecovery {
    made += 1;
    const { tenantId, integrationId } = this;
    const selected: SelectedStatus = 'failed';
    return {
      ...{ id: `rcv_${made}`, tenantId, integrationId, selected, ratePerSecond: 10 },
      ...{ sinceMs: SINCE_MS, untilMs: SINCE_MS + 24 * HOUR_MS, startedAtMs: SINCE_MS + made, startedBy: BY },
      ...given,
    };
  }

  async start(given: Partial<NewRecovery> = {}): Promise<string> {
    const started = await this.stores.store.start(this.selection(given));
    if (started.outcome !== 'started') throw new Error(started.outcome);
    return started.recovery.id;
  }

  async lease(id: string, termMs = TERM_MS): Promise<RecoveryLease> {
    const leases = await this.stores.work.lease({ owner: 'a', working: [] }, termMs, 1_000);
    const found = leases.find((lease) => lease.id === id);
    if (!found) throw new Error(`${id} was not to be had`);
    return found;
  }

  get(id: string) {
    return this.stores.store.get(this.tenantId, id);
  }
}

/** What the store and its fake keep. */
export function recoveryStoreConformance(make: () => RecoveryStores): void {
  it('counts and takes what had ended so in the span, and nothing that ended later', async () => {
    const missed = new Missed(make());
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

  it('hands over in the order of `deliveries`, some at a time, and again what nobody said was handed over', async () => {
    const missed = new Missed(make());
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
    const missed = new Missed(make());
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
    const missed = new Missed(make());
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
    const missed = new Missed(make());
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
    const missed = new Missed(make());
    const { work } = missed.stores;
    for (const n of [0, 1, 2]) await missed.ended(n, n, 'failed');
    const lease = await missed.lease(await missed.start());
    await work.claim(lease, 1);
    expect(await work.expireBelow(lease, 2)).toBe(true);
    expect(await work.look(lease, TERM_MS)).toMatchObject({ recovery: { expired: 1 }, claimed: 1, waiting: 2 });
  });

  it('is held by one at a time: not while the lease lasts, again once it is released, and not by who is at it', async () => {
    const missed = new Missed(make());
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

  it('runs one an integration, and has open no more than a tenant may', async () => {
    const missed = new Missed(make());
    const { store, work } = missed.stores;
    const [first, second] = await Promise.all([store.start(missed.selection()), store.start(missed.selection())]);
    expect([first, second].map(({ outcome }) => outcome).sort()).toEqual(['running', 'started']);
    const of = (n: number) => ({ integrationId: `${missed.integrationId}_${n}` });
    for (let n = 1; n < OPEN_RECOVERIES_PER_TENANT_MAX; n += 1) await missed.start(of(n));
    const more = missed.selection(of(OPEN_RECOVERIES_PER_TENANT_MAX));
    expect(await store.start(more)).toEqual({ outcome: 'too-many-of-tenant' });
    const { rows: own } = await missed.stores.lists.list(missed.tenantId, {}, { limit: 100, after: null });
    const leases = await work.lease({ owner: 'a', working: [] }, TERM_MS, 1_000);
    for (const lease of leases) if (own.some(({ id }) => id === lease.id)) await work.done(lease, 1);
    expect((await store.start(more)).outcome).toBe('started');
  });

  it('lists the newest first, narrowed, and goes on behind any of them', async () => {
    const missed = new Missed(make());
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

  it('forgets old ones that are closed, and no others', async () => {
    const missed = new Missed(make());
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
