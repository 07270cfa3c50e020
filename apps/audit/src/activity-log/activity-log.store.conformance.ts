import { decisionsV1 } from '@hookstile/contracts';
import { seededRandomBytes } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { received, sampleDecision } from '../project/sample-records.js';
import type { AuditStores } from '../projection/audit.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { ActivityLogFilters } from './activity-log.store.js';

const TENANT = 'ten_activity_log';
const at = (second: number) => `2026-01-02T03:04:0${second}.000Z`;
/** Random, for Postgres compresses what an index holds. */
const LONG_NAME = Buffer.from(seededRandomBytes('long name')(6_000)).toString('base64');

const granted = { decision: 'granted', code: 'matched', reason: 'The action matched.' } as const;
const timedOut = { code: 'timeout', httpStatus: null, reason: 'No answer came in time.' } as const;
const DECISIONS = [
  { id: 'dec_a', at: at(1), ...granted },
  { id: 'dec_b', at: at(2), username: 'bob' },
  { id: 'dec_c', at: at(2), ruleId: 'rul_2', ruleName: 'other', ...timedOut },
  { id: 'dec_d', at: at(3), cached: true, username: LONG_NAME, remoteIp: null, traceparent: null },
];
const NEWEST_FIRST = ['dec_d', 'dec_c', 'dec_b', 'dec_a'];

async function written(stores: AuditStores, ...others: object[]): Promise<AuditStores> {
  const records = [...DECISIONS, ...others].map((decision, n) => {
    const made = sampleDecision({ tenantId: TENANT, ...decision });
    return received(decisionsV1.encode(made.ruleId, made), n);
  });
  await writeBatches(stores.projections, [{ topic: 'decisions', records }]);
  return stores;
}

export function activityLogStoreConformance(make: () => AuditStores): void {
  const idsOf = async (stores: AuditStores, filters: ActivityLogFilters, limit = 10, after = null as string | null) => {
    const last = after === null ? null : await stores.activityLog.get(TENANT, after);
    const page = { limit, after: last && { atMs: last.atMs, key: last.id } };
    return (await stores.activityLog.list(TENANT, filters, page)).rows.map(({ id }) => id);
  };

  it('lists the newest decision first and goes on behind any of them', async () => {
    const stores = await written(make());
    expect(await idsOf(stores, {})).toEqual(NEWEST_FIRST);
    for (const [place, id] of NEWEST_FIRST.entries()) {
      expect(await idsOf(stores, {}, 10, id)).toEqual(NEWEST_FIRST.slice(place + 1));
    }
    expect(await idsOf(stores, {}, 1)).toHaveLength(2);
  });

  it('narrows decisions by rule, verdict, code, user and time', async () => {
    const stores = await written(make());
    expect(await idsOf(stores, { ruleId: 'rul_2' })).toEqual(['dec_c']);
    expect(await idsOf(stores, { decision: 'granted' })).toEqual(['dec_a']);
    expect(await idsOf(stores, { decision: 'denied', ruleId: 'rul_1' })).toEqual(['dec_d', 'dec_b']);
    expect(await idsOf(stores, { code: 'timeout' })).toEqual(['dec_c']);
    expect(await idsOf(stores, { username: 'bob' })).toEqual(['dec_b']);
    expect(await idsOf(stores, { username: LONG_NAME })).toEqual(['dec_d']);
    expect(await idsOf(stores, { since: Date.parse(at(2)), until: Date.parse(at(3)) })).toEqual(['dec_c', 'dec_b']);
    expect(await idsOf(stores, { username: 'carol' })).toEqual([]);
  });

  it('keeps of a username what an index takes', async () => {
    const stores = await written(make());
    expect((await stores.activityLog.get(TENANT, 'dec_d'))?.username).toBe(LONG_NAME.slice(0, 300));
  });

  it("answers one decision, and none of another tenant's", async () => {
    const stores = await written(make());
    expect(await stores.activityLog.get(TENANT, 'dec_c')).toMatchObject({ ruleName: 'other', ...timedOut });
    expect(await stores.activityLog.get('ten_other', 'dec_c')).toBeNull();
    expect(await stores.activityLog.get(TENANT, 'dec_none')).toBeNull();
    expect((await stores.activityLog.list('ten_other', {}, { limit: 10, after: null })).rows).toEqual([]);
  });

  it('keeps each decision as it is when its record is read again, alone or twice at once', async () => {
    const stores = await written(make());
    const all = () => stores.activityLog.list(TENANT, {}, { limit: 10, after: null });
    const before = await all();
    await written(stores, ...DECISIONS);
    expect(await all()).toEqual(before);
  });
}
