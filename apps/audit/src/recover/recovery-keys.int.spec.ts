import { configurationKey, configurationV1 } from '@hookstile/contracts';
import type { RunningService } from '@hookstile/service-runtime';
import { anIntegration, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, AuditUnderTest, KEYS } from '../audit-under-test.js';

const AT_ONCE = 50;
const SINCE = '2026-01-02T03:04:05Z';

describe('starting recoveries', () => {
  let audit: AuditUnderTest;
  let second: RunningService;
  let asked = 0;

  beforeAll(async () => {
    audit = await AuditUnderTest.create();
    second = await audit.another();
    await audit.addKey('hk_second', 'ten_2', 'editor');
    for (const id of ['int_a', 'int_b', 'int_c']) {
      const integration = anIntegration({ id, tenantId: 'ten_2' });
      await audit.publish('configuration', configurationV1.encode(configurationKey('integration', id), integration), 0);
    }
    // Of both processes.
    for (const _ of [1, 2]) {
      const known = async () => (await ask({ integrationId: 'int_c', dryRun: true })).status === 200;
      await until(known, { what: 'the configuration' });
    }
  });
  afterAll(async () => {
    await second?.stop();
    await audit?.destroy();
  });

  async function ask(given: object, headers: Record<string, string> = {}, key: string = KEYS.other) {
    asked += 1;
    const { url } = asked % 2 === 0 ? audit.service : second;
    const response = await fetch(`${url}/v1/recoveries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ since: SINCE, ...given }),
    });
    const { status, headers: answered } = response;
    const answer: Answer = { status, body: await response.json() };
    return { ...answer, headers: answered };
  }
  const ofIntegration = async (id: string) =>
    (await audit.get(`recoveries?integrationId=${id}`, KEYS.other)).body.items;
  const times = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: AT_ONCE }, ask));

  it('with one Idempotency-Key at once starts one, and who repeats it gets its answer', async () => {
    const start = () => ask({ integrationId: 'int_a' }, { 'idempotency-key': 'one' });
    const answers = await times(start);
    for (const { status, body } of answers) {
      expect([202, 409]).toContain(status);
      if (status === 409) expect(body.code).toBe('idempotency_key_in_flight');
    }
    const started = answers.filter(({ status }) => status === 202).map(({ body }) => body);
    const [item, ...others] = await ofIntegration('int_a');
    expect(others).toEqual([]);
    for (const body of started) expect(body.id).toBe(item.id);
    await until(async () => (await ofIntegration('int_a'))[0].status === 'done', { what: 'its end' });
    const again = await start();
    expect(again).toMatchObject({ status: 202, body: started[0] });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length).toBeGreaterThan(0);
    expect(again.body).toMatchObject({ status: 'running', finishedAt: null });
  });

  it('refuses the key for another body, whatever it says, and takes it from another API key', async () => {
    const key = { 'idempotency-key': 'two' };
    expect((await ask({ integrationId: 'int_b' }, key)).status).toBe(202);
    for (const other of [{ integrationId: 'int_a' }, { integrationId: 'int_b', dryRun: true }, { since: 'soon' }]) {
      expect(await ask(other, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    }
    await until(async () => (await ofIntegration('int_b'))[0].status === 'done', { what: 'its end' });
    expect((await ask({ integrationId: 'int_b' }, key, 'hk_second')).status).toBe(202);
    expect(await ofIntegration('int_b')).toHaveLength(2);
    const malformed = { 'idempotency-key': 'x'.repeat(256) };
    expect(await ask({ integrationId: 'int_b' }, malformed)).toMatchObject({
      status: 400,
      body: { code: 'malformed' },
    });
  });

  it('without a key at once starts one, and refuses the others also where it ends meanwhile', async () => {
    const answers = await times(() => ask({ integrationId: 'int_c' }));
    const counts = new Map<number, number>();
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
    expect([...counts.keys()].every((status) => status === 202 || status === 409)).toBe(true);
    expect((await ofIntegration('int_c')).length).toBe(counts.get(202));
  });

  it.each(['recoveries/rcv_none', 'recoveries/%00', `recoveries/${'x'.repeat(90)}`])('knows no %s', async (path) => {
    const answer = await audit.get(path, KEYS.other);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});
