import { randomSuffix } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type ApiAnswer } from './api.js';
import { type Stack, startStack } from './stack.js';

const OVERSIZED = JSON.stringify({ name: 'x'.repeat(300 * 1024) });

let stack: Stack;
let admin: Api;
let api: Api;
let integrationId: string;
let tenantId: string;

beforeAll(async () => {
  stack = await startStack();
  tenantId = `bad-${randomSuffix()}`;
  admin = new Api(stack.run.baseUrl, stack.run.adminKey);
  await admin.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: 'Bad input', plan: 'standard' } });
  api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
  const created = await api.expect<{ id: string }>(201, 'POST', '/v1/integrations', {
    body: { name: 'valid', url: 'https://example.com/hook' },
  });
  integrationId = created.id;
});

afterAll(() => stack?.stop());

function expectProblem(answer: ApiAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
}

/** Every route that takes a body, with a body that is valid but for what a test adds. */
const WRITES: {
  method: string;
  path: () => string;
  valid: Record<string, unknown>;
  headers?: Record<string, string>;
}[] = [
  { method: 'POST', path: () => '/v1/tenants', valid: { name: 'T', plan: 'standard' } },
  {
    method: 'PATCH',
    path: () => `/v1/tenants/${tenantId}`,
    valid: { name: 'T' },
    headers: { 'if-match': '*' },
  },
  { method: 'POST', path: () => '/v1/api-keys', valid: { name: 'k', role: 'viewer' } },
  { method: 'POST', path: () => '/v1/integrations', valid: { name: 'i', url: 'https://example.com/' } },
  {
    method: 'PATCH',
    path: () => `/v1/integrations/${integrationId}`,
    valid: { name: 'i' },
    headers: { 'if-match': '*' },
  },
  { method: 'POST', path: () => `/v1/integrations/${integrationId}/enable`, valid: {} },
  { method: 'POST', path: () => `/v1/integrations/${integrationId}/disable`, valid: {} },
  { method: 'POST', path: () => '/v1/events', valid: { type: 't', data: {} } },
];

describe.each(WRITES)('$method $path', ({ method, path, valid, headers = {} }) => {
  it('answers malformed JSON with 400 malformed', async () => {
    expectProblem(await api.send(method, path(), { headers, body: '{"name": ' }), 400, 'malformed');
    expectProblem(
      await api.send(method, path(), { headers, body: Buffer.from('{"a":"\xff"}', 'latin1') }),
      400,
      'malformed',
    );
  });

  it('answers more than 256 KiB with 413 too_large', async () => {
    expectProblem(await api.send(method, path(), { headers, body: OVERSIZED }), 413, 'too_large');
  });

  it('answers an unknown member with 422 invalid and points to it', async () => {
    const answer = await api.send(method, path(), { headers, body: { ...valid, surprise: true } });
    expectProblem(answer, 422, 'invalid');
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer: '/surprise' }));
  });

  it('answers a body that is no object with 422 invalid or 400 malformed', async () => {
    const answer = await api.send(method, path(), { headers, body: '[]' });
    expect([400, 422]).toContain(answer.status);
  });

  it('answers another content type with 415', async () => {
    const answer = await api.send(method, path(), { headers: { ...headers, 'content-type': 'text/csv' }, body: 'a,b' });
    expectProblem(answer, 415, 'unsupported_media_type');
  });

  it('answers a request without a key with 401', async () => {
    const nobody = new Api(stack.run.baseUrl, 'hk_nobody', tenantId);
    expectProblem(await nobody.send(method, path(), { headers, body: valid }), 401, 'unauthorized');
  });
});

describe('reading', () => {
  const LISTS = ['/v1/integrations', '/v1/api-keys', '/v1/event-log', '/v1/deliveries', '/v1/events', '/v1/audit-log'];

  it.each(LISTS)('%s answers a bad limit, cursor or unknown parameter with 400 malformed', async (path) => {
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=%21', 'surprise=1']) {
      expectProblem(await api.send('GET', `${path}?${query}`), 400, 'malformed');
    }
  });

  it('answers unknown routes, ids and methods with problems', async () => {
    expectProblem(await api.send('GET', '/v1/nothing'), 404, 'not_found');
    expectProblem(await api.send('GET', '/nothing'), 404, 'not_found');
    expectProblem(await api.send('GET', '/v1/integrations/int_unknown'), 404, 'not_found');
    expectProblem(await api.send('PUT', '/v1/tenants'), 405, 'method_not_allowed');
  });

  it("needs the tenant with the platform's key, and hides another tenant's things", async () => {
    expectProblem(await admin.send('GET', '/v1/integrations'), 400, 'tenant_required');
    const { key } = await api.expect<{ key: string }>(201, 'POST', '/v1/api-keys', {
      body: { name: 'a', role: 'admin' },
    });
    expectProblem(await new Api(stack.run.baseUrl, key, 'another').send('GET', '/v1/me'), 403, 'forbidden');

    const otherId = `other-${randomSuffix()}`;
    await admin.expect(201, 'POST', '/v1/tenants', { body: { id: otherId, name: 'Other', plan: 'standard' } });
    const other = new Api(stack.run.baseUrl, stack.run.adminKey, otherId);
    expectProblem(await other.send('GET', `/v1/integrations/${integrationId}`), 404, 'not_found');
    expectProblem(
      await other.send('PATCH', `/v1/integrations/${integrationId}`, { body: { name: 'x' } }),
      404,
      'not_found',
    );
  });

  it('wants If-Match and refuses a stale one', async () => {
    const path = `/v1/integrations/${integrationId}`;
    expectProblem(await api.send('PATCH', path, { body: { name: 'x' } }), 428, 'if_match_required');
    const stale = { headers: { 'if-match': '"0"' }, body: { name: 'x' } };
    expectProblem(await api.send('PATCH', path, stale), 412, 'version_mismatch');
  });
});
