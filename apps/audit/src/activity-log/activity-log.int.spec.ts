import { type Decision, decisionsV1 } from '@hookstile/contracts';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuditUnderTest, KEYS } from '../audit-under-test.js';
import { sampleDecision } from '../project/sample-records.js';

const VIEW_TIMEOUT_MS = 12_000;

describe('the activity log on a real broker and database', () => {
  let audit: AuditUnderTest;
  const get = (path: string, key?: string) => audit.get(path, key);
  const publish = (decision: Decision) => audit.publish('decisions', decisionsV1.encode(decision.ruleId, decision));
  const shown = async (query = '') =>
    (await get(`activity-log?${query}`)).body.items.map(({ id }: { id: string }) => id);
  const denied = sampleDecision({ id: 'dec_denied' });
  const granted = sampleDecision({
    ...{ id: 'dec_granted', at: '2026-01-02T03:04:07.000Z', ruleId: 'rul_2', username: 'bob' },
    ...{ decision: 'granted', code: 'matched', reason: 'The action "allowed" matched.' },
  });

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
    await publish(denied);
    await publish(granted);
    await until(async () => (await shown()).length === 2, { timeoutMs: VIEW_TIMEOUT_MS });
  });
  afterAll(() => audit?.destroy());

  it('says who was denied what and why, and nothing else of the request', async () => {
    const line = {
      id: 'dec_denied',
      at: denied.at,
      ruleId: 'rul_1',
      ruleName: 'posture',
      ruleVersion: 3,
      decision: 'denied',
      code: 'no_match',
      reason: 'No response action matched the answer.',
      httpStatus: 200,
      durationMs: 12.5,
      cached: false,
      username: 'ann',
      remoteIp: '203.0.113.7',
      deviceId: 'device-1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
    };
    expect((await get('activity-log/dec_denied')).body).toEqual(line);
    expect((await get('activity-log?decision=denied')).body).toEqual({ items: [line], nextCursor: null });
  });

  it('shows a decision soon after its record', async () => {
    const decision = sampleDecision({ id: 'dec_soon', at: '2026-01-01T00:00:00.000Z', username: 'soon' });
    await publish(decision);
    await until(async () => (await shown('username=soon')).length === 1);
  });

  it('is read newest first, page by page, and by each filter', async () => {
    const first = await get('activity-log?limit=1');
    expect(first.body.items).toMatchObject([{ id: 'dec_granted' }]);
    const second = await get(`activity-log?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.items).toMatchObject([{ id: 'dec_denied' }]);
    for (const query of ['ruleId=rul_2', 'decision=granted', 'code=matched', 'username=bob']) {
      expect(await shown(query), query).toEqual(['dec_granted']);
    }
    const time = 'since=2026-01-02T03:04:06Z&until=2026-01-02T03:04:07Z';
    expect(await shown(time)).toEqual(['dec_denied']);
  });

  it("is shut to producers, and shows none of another tenant's", async () => {
    expect((await get('activity-log', KEYS.producer)).status).toBe(403);
    expect((await get('activity-log/dec_denied', KEYS.producer)).status).toBe(403);
    expect((await get('activity-log', KEYS.other)).body.items).toEqual([]);
    expect((await get('activity-log/dec_denied', KEYS.other)).body.code).toBe('not_found');
  });

  it.each(['decision=maybe', 'code=odd', 'since=2026', 'deviceId=x', 'limit=0', 'ruleId='])(
    'refuses %s as malformed',
    async (query) => {
      expect((await get(`activity-log?${query}`)).body).toMatchObject({ status: 400, code: 'malformed' });
    },
  );

  it('comes back as it was when every topic is read again from its beginning', async () => {
    const all = () => audit.rows('select * from activity_log order by id');
    const before = await all();
    await audit.replay(() => audit.rows(`delete from activity_log where id = 'dec_granted'`));
    await until(async () => (await all()).length === before.length, { timeoutMs: 20_000 });
    expect(await all()).toEqual(before);
  }, 60_000);
});
