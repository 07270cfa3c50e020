import { OPERATIONS } from '@hookstile/service-runtime';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from '../config-under-test.js';

const MANY = 50;
const url = 'https://example.com/hook';

describe('Idempotency-Key on a real broker and database', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  let other: typeof call;
  let database: pg.Client;
  const keys: Record<string, string> = {};
  let used = 0;

  const newKey = () => {
    used += 1;
    return `key ${used}`;
  };
  const post = (path: string, key: string, body: unknown, rest: Call = {}) =>
    call('POST', path, { tenant: 'ten_1', body, ...rest, headers: { 'idempotency-key': key } });
  const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');
  const namesOf = async (path: string, tenant = 'ten_1') =>
    (await call('GET', `${path}?limit=200`, { tenant })).body.items.map((item: { name: string }) => item.name);
  const kept = async (): Promise<{ tenant_id: string | null; content: unknown }[]> =>
    (await database.query(`SELECT * FROM "${config.database.schema}".idempotency_keys`)).rows;

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    other = instanceOf(await config.start());
    database = new pg.Client({ connectionString: config.database.url });
    await database.connect();
    for (const id of ['ten_1', 'ten_2']) await call('POST', 'tenants', { body: { id, name: id, plan: 'standard' } });
    for (const role of ['admin', 'editor']) {
      const { body } = await call('POST', 'api-keys', { tenant: 'ten_1', body: { name: role, role } });
      keys[role] = body.key;
    }
  });
  afterAll(async () => {
    await database?.end();
    await config?.destroy();
  });

  it('makes one integration of 50 concurrent creations, whichever process they reach', async () => {
    const key = newKey();
    const request = { tenant: 'ten_1', body: { name: 'only one', url }, headers: { 'idempotency-key': key } };
    const answers = await Promise.all(
      Array.from({ length: MANY }, (_, n) => (n % 2 === 0 ? call : other)('POST', 'integrations', request)),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(created.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(new Set(created.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    for (const { status, body } of answers.filter((answer) => !created.includes(answer))) {
      expect([status, body.code]).toEqual([409, 'idempotency_key_in_flight']);
    }
    expect((await namesOf('integrations')).filter((name: string) => name === 'only one')).toHaveLength(1);
    expect((await post('integrations', key, request.body)).body).toEqual(created[0]?.body);
  });

  it('gives status, location, ETag and the secret that is shown once again, and says so', async () => {
    const key = newKey();
    const first = await post('integrations', key, { name: 'again', url });
    const again = await post('integrations', key, { name: 'again', url });
    expect(first.body.signingSecret).toMatch(/^whsec_/);
    expect([again.status, again.body]).toEqual([201, first.body]);
    for (const header of ['location', 'etag', 'cache-control', 'content-type']) {
      expect(again.headers.get(header)).toBe(first.headers.get(header));
      expect(again.headers.get(header)).toBeTruthy();
    }
    expect([replayed(first), replayed(again)]).toEqual([null, 'true']);
  });

  it('gives the answer of then, whatever happened since', async () => {
    const key = newKey();
    const { body } = await post('integrations', key, { name: 'deleted since', url });
    await call('DELETE', `integrations/${body.id}`, { tenant: 'ten_1', headers: { 'if-match': '*' } });
    expect((await post('integrations', key, { name: 'deleted since', url })).body).toEqual(body);
    expect((await call('GET', `integrations/${body.id}`, { tenant: 'ten_1' })).status).toBe(404);
  });

  it('is refused for another body, by its bytes, and for another route', async () => {
    const key = newKey();
    const body = '{"name":"bytes","url":"https://example.com"}';
    expect((await post('integrations', key, body)).status).toBe(201);
    for (const [path, otherBody] of [
      ['integrations', '{"name":"other","url":"https://example.com"}'],
      ['integrations', `${body} `],
      ['decision-rules', body],
      ['integrations?a=1', body],
    ] as const) {
      const answer = await post(path, key, otherBody);
      expect([answer.status, answer.body.code], path + otherBody).toEqual([422, 'idempotency_key_reused']);
    }
    expect((await post('integrations', key, body)).status).toBe(201);
  });

  it('is kept of no request that was refused', async () => {
    const key = newKey();
    const bad = await post('integrations', key, { name: 'refused' });
    expect([bad.status, bad.headers.get('location'), bad.headers.get('etag')]).toEqual([422, null, null]);
    expect((await post('integrations', key, { name: 'now well', url })).status).toBe(201);
    const missing = await post('integrations/int_none/enable', newKey(), {});
    expect(missing.status).toBe(404);
  });

  it('is one of a tenant and an actor', async () => {
    const key = newKey();
    const body = { name: 'each', url };
    const answers = [
      await post('integrations', key, body),
      await post('integrations', key, body, { tenant: 'ten_2' }),
      await post('integrations', key, body, { key: keys.admin ?? '' }),
      await post('integrations', key, body, { key: keys.editor ?? '' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(4);
  });

  it('does not open what the role may not do', async () => {
    const key = newKey();
    expect((await post('api-keys', key, { name: 'a', role: 'viewer' }, { key: keys.admin ?? '' })).status).toBe(201);
    expect((await post('api-keys', key, { name: 'a', role: 'viewer' }, { key: keys.editor ?? '' })).status).toBe(403);
  });

  it('is heeded by each POST of the service', async () => {
    const posts = Object.values(OPERATIONS).filter(({ service, method }) => service === 'config' && method === 'POST');
    expect(posts.length).toBeGreaterThanOrEqual(9);
    for (const { path } of posts) {
      const answer = await post(path.replace('/v1/', '').replaceAll(/\{.*?\}/g, 'none'), 'x'.repeat(256), {});
      expect([answer.status, answer.body.code], path).toEqual([400, 'malformed']);
    }
  });

  it('goes for creating and switching as well, with one connection each', async () => {
    const rule = await post('decision-rules', newKey(), { name: 'r', method: 'GET', url });
    const { body } = await post('integrations', newKey(), { name: 'switched', url });
    for (const path of [
      `integrations/${body.id}/disable`,
      `integrations/${body.id}/enable`,
      `integrations/${body.id}/rotate-secret`,
      `decision-rules/${rule.body.id}/disable`,
      `decision-rules/${rule.body.id}/enable`,
    ]) {
      // More at once than there are connections: none may need a second one.
      const requests = Array.from({ length: 12 }, () => newKey()).map((key) => [post(path, key, {}), key] as const);
      for (const [request, key] of requests) {
        const first = await request;
        expect([200, 409], path).toContain(first.status);
        if (first.status !== 200) continue;
        const again = await post(path, key, {});
        expect([again.status, again.body, replayed(again)], path).toEqual([200, first.body, 'true']);
      }
    }
    const answers = await Promise.all(
      Array.from({ length: 2 }, () => post('tenants', 'one tenant', { name: 'T', plan: 'standard' })),
    );
    const tenants = await call('GET', 'tenants');
    expect(answers.map(({ status }) => status)).toContain(201);
    expect(tenants.body.items.filter(({ name }: { name: string }) => name === 'T')).toHaveLength(1);
  });

  it('keeps no secret in clear, and goes with its tenant', async () => {
    await call('POST', 'tenants', { body: { id: 'ten_gone', name: 'Gone', plan: 'standard' } });
    const { body } = await post('api-keys', newKey(), { name: 'a', role: 'admin' }, { tenant: 'ten_gone' });
    const of = async () => (await kept()).filter(({ tenant_id }) => tenant_id === 'ten_gone');
    expect(await of()).toHaveLength(1);
    expect(JSON.stringify(await kept())).not.toMatch(new RegExp(`${body.key}|whsec_`));
    await call('DELETE', 'tenants/ten_gone', { headers: { 'if-match': '*' } });
    expect(await of()).toEqual([]);
  });
});
