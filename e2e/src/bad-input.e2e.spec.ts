import { OPERATIONS, type OperationEntry } from '@hookstile/service-runtime';
import { HOSTILE_JSON, type Receiver, randomSuffix, startReceiver } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type ApiAnswer } from './api.js';
import { HOSTILE_REQUESTS } from './hostile/hostile-requests.js';
import { JSON_SPOTS } from './hostile/json-spots.js';
import { hostileInputsOf } from './hostile/operation-inputs.js';
import { rawExchange } from './hostile/raw-exchange.js';
import { type Stack, startStack } from './stack.js';

const OVERSIZED = JSON.stringify({ name: 'x'.repeat(300 * 1024) });

const CLOSED_WITHIN_MS = 10_000;

let stack: Stack;
let receiver: Receiver;
let ruleId: string;
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
  const rule = await api.expect<{ id: string }>(201, 'POST', '/v1/decision-rules', {
    body: { name: 'valid', method: 'GET', url: 'https://example.com/rule', timeoutMs: 100 },
  });
  ruleId = rule.id;
  receiver = await startReceiver();
});

afterAll(async () => {
  await receiver?.close();
  await stack?.stop();
});

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

/** Whatever an answer is, it is one that the public surface knows. */
function expectNoFault(answer: ApiAnswer, what: string): void {
  expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).toBeLessThan(500);
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type'), what).toMatch(/^application\/problem\+json/);
  expect(answer.body, what).toMatchObject({ status: answer.status, code: expect.any(String) });
}

const filled = (text: string) =>
  text.replace('{integration}', integrationId).replace('{rule}', ruleId).replace('{tenant}', tenantId);

describe('hostile JSON', () => {
  const kept = HOSTILE_JSON.filter(({ kind }) => kind === 'json');
  const isObject = ({ bytes }: { bytes: Buffer }) => bytes.toString('latin1').trim().startsWith('{');
  const isWrite = ({ method }: { method: string }) => method === 'POST' || method === 'PUT' || method === 'PATCH';
  const WRITING = Object.values(OPERATIONS).filter(
    (operation) => isWrite(operation) && operation.path !== '/v1/events',
  );

  it.each(WRITING)('as the body of $method $path is refused, and is never a fault', async ({ method, path }) => {
    const address = path.replace('{id}', integrationId).replace(/\{\w+\}/, 'x');
    const headers = { 'if-match': '*' };
    for (const { name, bytes, kind } of HOSTILE_JSON.filter(
      (hostile) => hostile.kind !== 'json' || isObject(hostile),
    )) {
      const answer = await api.send(method, address, { headers, body: bytes });
      expectNoFault(answer, name);
      // Where a body is optional, none is one.
      if (kind === 'broken' && bytes.length > 0) expect(answer.status, name).toBeGreaterThanOrEqual(400);
    }
  });

  it.each(JSON_SPOTS)(
    'inside the body of $method $path at $at is taken or refused, and is never a fault',
    async (spot) => {
      for (const { name, bytes } of HOSTILE_JSON) {
        const body = Buffer.from(filled(spot.body(bytes.toString('latin1'))), 'latin1');
        const answer = await api.send(spot.method, filled(spot.path), { headers: { ...spot.headers }, body });
        expectNoFault(answer, name);
        if (answer.status === 201 && spot.path === '/v1/integrations') {
          await api.send('DELETE', `/v1/integrations/${answer.body.id}`, { headers: { 'if-match': '*' } });
        }
      }
    },
  );

  it('as the data of an event arrives as it was sent, in every mode, or is refused', async () => {
    await api.expect(201, 'POST', '/v1/integrations', {
      body: {
        name: 'hostile',
        url: `${receiver.url}/hostile`,
        eventTypes: ['hostile'],
        request: { body: { format: 'data' } },
      },
    });
    const envelope = (id: string) => `"specversion":"1.0","id":"${id}","source":"/h","type":"hostile"`;
    const modes = {
      plain: { type: 'application/json', around: (_: string) => ['{"type":"hostile","data":', '}'] },
      structured: {
        type: 'application/cloudevents+json',
        around: (id: string) => [`{${envelope(id)},"data":`, '}'],
      },
      batch: {
        type: 'application/cloudevents-batch+json',
        around: (id: string) => [`[{${envelope(id)},"data":`, '}]'],
      },
    };
    const sent: Buffer[] = [];
    const send = async (
      name: string,
      headers: Record<string, string>,
      data: Buffer,
      parts: string[],
      isKept: boolean,
    ) => {
      const body = Buffer.concat([Buffer.from(parts[0] ?? ''), data, Buffer.from(parts[1] ?? '')]);
      const answer = await api.send('POST', '/v1/events', { headers, body });
      expectNoFault(answer, name);
      const [item] = (answer.body.items as { error?: unknown }[] | undefined) ?? [];
      expect([answer.status === 202 && item?.error === undefined, name]).toEqual([isKept, name]);
    };
    for (const [n, { name, bytes, kind }] of HOSTILE_JSON.entries()) {
      const isKept = kind === 'json';
      for (const [mode, { type, around }] of Object.entries(modes)) {
        await send(`${name} ${mode}`, { 'content-type': type }, bytes, around(`${mode}-${n}`), isKept);
        if (isKept) sent.push(Buffer.from(bytes.toString('latin1').trim(), 'latin1'));
      }
      const attributes = { specversion: '1.0', id: `binary-${n}`, source: '/h', type: 'hostile' };
      const headers = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`ce-${key}`, value]));
      await send(`${name} binary`, { 'content-type': 'application/json', ...headers }, bytes, [], isKept);
      if (isKept) sent.push(bytes);
    }
    const received = await receiver.received('/hostile', sent.length, 60_000);
    expect(sent).toHaveLength(4 * kept.length);
    for (const [n, bytes] of sent.entries()) expect(received[n]?.body.equals(bytes), `event ${n}`).toBe(true);
  }, 120_000);
});

describe('hostile requests', () => {
  it.each(HOSTILE_REQUESTS)('$name', async ({ headers, body, right }) => {
    const keys = [`Authorization: Bearer ${stack.run.adminKey}`, `Hookstile-Tenant: ${tenantId}`];
    const endsEarly = right.includes('none');
    const given = { method: 'POST', path: '/v1/events', headers: [...keys, ...headers], body, endsEarly };
    for (const url of [stack.run.baseUrl, stack.run.services['event-ingest'].url]) {
      const { statuses, text } = await rawExchange(url, given, CLOSED_WITHIN_MS);
      expect(right, `${url} answered ${text}`).toContain(statuses[0] ?? 'none');
      expect(statuses.length).toBeLessThanOrEqual(1);
      if ((statuses[0] ?? 0) >= 400) expect(text).toContain('application/problem+json');
    }
  });
});

/** Of an operation, at the tenant's own things; what would delete them names none. */
function pathFor({ method, path }: OperationEntry): string {
  const things: Readonly<Record<string, string>> = {
    integrations: integrationId,
    'decision-rules': ruleId,
    tenants: tenantId,
    profiles: 'metaaccess',
  };
  const [, , segment = ''] = path.split('/');
  const id = method === 'DELETE' ? 'unknown' : (things[segment] ?? 'unknown');
  return path
    .replace(/\{(id|name)\}/, id)
    .replace('{type}', 'hostile.type')
    .replace('{key}', 'main');
}

describe('hostile inputs', () => {
  const INPUTS_MIN = 60;
  const AT_ONCE = 8;
  const isTenantGiven = (headers: readonly string[]) => headers.some((line) => line.startsWith('Hookstile-Tenant'));

  it.each(Object.entries(OPERATIONS))(
    '%s answers each of at least 60 with what the public surface knows',
    async (_id, operation) => {
      const inputs = hostileInputsOf(operation, pathFor(operation));
      expect(inputs.length).toBeGreaterThanOrEqual(INPUTS_MIN);
      const wrong: string[] = [];
      const queue = [...inputs];
      const tryNext = async (): Promise<void> => {
        for (let input = queue.pop(); input; input = queue.pop()) {
          const { name, path, headers, body } = input;
          const own = isTenantGiven(headers) ? [] : [`Hookstile-Tenant: ${tenantId}`];
          const given = {
            method: operation.method,
            path,
            headers: [`Authorization: Bearer ${stack.run.adminKey}`, ...own, ...headers],
            body,
          };
          const { statuses, text } = await rawExchange(stack.run.baseUrl, given, CLOSED_WITHIN_MS);
          const [status = 0] = statuses;
          const isProblem = status < 400 || text.includes('content-type: application/problem+json');
          if (statuses.length === 1 && status < 500 && isProblem) continue;
          wrong.push(`${name}: ${text.slice(0, 200) || 'no answer'}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, tryNext));
      expect(wrong).toEqual([]);
    },
    60_000,
  );
});
