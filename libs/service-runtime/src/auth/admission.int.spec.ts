import { until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, JSON_TYPE, startThings, type Things, VIEWER_KEY } from '../things-stack.fake.js';

let things: Things;

beforeAll(async () => {
  things = await startThings();
});

afterAll(() => things.close());

describe('keys', () => {
  it("act for their own tenant with their role's rights", async () => {
    expect((await things.post('/v1/things', '{"name":"a"}')).json).toEqual({
      name: 'a',
      tenantId: 'ten_1',
      keyName: 'key_editor',
    });
    expect(await things.call('/v1/things', { method: 'POST', key: VIEWER_KEY })).toMatchObject({ status: 403 });
  });

  it.each([
    ['no key', { key: null }, 401, 'unauthorized'],
    ['an unknown key', { key: `hk_${'9'.repeat(48)}` }, 401, 'unauthorized'],
    ['a wrong platform key', { key: `${ADMIN_KEY}x` }, 401, 'unauthorized'],
    ["another tenant's header", { headers: { 'hookstile-tenant': 'ten_2' } }, 403, 'forbidden'],
    ['the platform key without a tenant', { key: ADMIN_KEY }, 400, 'tenant_required'],
  ])('answers %s with the code', async (_name, options, status, code) => {
    const answer = await things.call('/v1/things', options);
    expect(answer).toMatchObject({ status, json: { status, code } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('the platform key acts for the tenant that it names', async () => {
    const headers = { 'hookstile-tenant': 'ten_2', 'content-type': JSON_TYPE };
    const answer = await things.call('/v1/things', { method: 'POST', key: ADMIN_KEY, headers, body: '{"name":"a"}' });
    expect(answer.json).toEqual({ name: 'a', tenantId: 'ten_2', keyName: null });
  });

  it('only the platform key passes a platform route, and any key one for any', async () => {
    expect((await things.call('/v1/tenants', { key: ADMIN_KEY })).status).toBe(200);
    expect((await things.call('/v1/tenants')).status).toBe(403);
    expect((await things.call('/v1/me', { key: ADMIN_KEY })).json).toMatchObject({ type: 'platform', tenantId: null });
    expect((await things.call('/v1/me', { key: VIEWER_KEY })).json).toMatchObject({
      role: 'viewer',
      keyId: 'key_viewer',
    });
  });

  it('a route without an operation is refused to all', async () => {
    expect((await things.call('/v1/forgotten')).status).toBe(403);
    const headers = { 'hookstile-tenant': 'ten_1' };
    expect((await things.call('/v1/forgotten', { key: ADMIN_KEY, headers })).status).toBe(403);
  });

  it('the body of who may not send one is not waited for', async () => {
    const statusOf = async (...headers: string[]) => {
      const head = ['POST /v1/things HTTP/1.1', 'host: x', 'content-length: 200000', ...headers, '', ''].join('\r\n');
      return (await things.raw(head)).slice(0, 'HTTP/1.1 401'.length);
    };
    const given = (key: string) => `authorization: Bearer ${key}`;
    const answers = await Promise.all([
      statusOf(),
      statusOf(given(`hk_${'9'.repeat(48)}`)),
      statusOf(given(VIEWER_KEY)),
      statusOf(given(ADMIN_KEY)),
    ]);
    expect(answers).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401', 'HTTP/1.1 403', 'HTTP/1.1 400']);
  });

  it('a new key works at once and a deleted one no longer, well within 5 s', async () => {
    const key = `hk_${'3'.repeat(48)}`;
    await things.writeKey('key_new', key, 'viewer');
    expect((await things.call('/v1/me', { key })).status).toBe(200);
    await things.writeKey('key_new', key, 'viewer', true);
    await until(async () => (await things.call('/v1/me', { key })).status === 401, { timeoutMs: 2_000 });
  });
});
