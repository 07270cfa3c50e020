import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Call, ConfigUnderTest, instanceOf } from './config-under-test.js';

const URL_OK = 'https://example.com/hook';

/** What is given besides name and URL, and where the answer must point. */
const REFUSED: [given: object, pointer: string, code?: string][] = [
  [{ name: '' }, '/name'],
  [{ name: 7 }, '/name'],
  [{ name: null }, '/name'],
  [{ name: 'x'.repeat(256) }, '/name'],
  [{ name: 'a\nb' }, '/name'],
  [{ url: 'ftp://example.com' }, '/url'],
  [{ url: 'https://user:pass@example.com' }, '/url'],
  [{ url: 'https://example.com/#f' }, '/url'],
  [{ url: 'https:example.com' }, '/url'],
  [{ url: 'https://exa mple.com' }, '/url'],
  [{ url: ['https://example.com'] }, '/url'],
  [{ foo: 1 }, '/foo', 'unknown_member'],
  [{ request: { foo: 1 } }, '/request/foo', 'unknown_member'],
  [{ request: { auth: { type: 'none', foo: 1 } } }, '/request/auth/foo', 'unknown_member'],
  [{ request: { auth: { type: 'bearer', token: 't', value: 'v' } } }, '/request/auth/value', 'unknown_member'],
  [{ request: { auth: { type: 'bearer' } } }, '/request/auth/token', 'required'],
  [{ request: { auth: { type: 'magic' } } }, '/request/auth/type'],
  [{ request: { auth: { type: 'bearer', token: 'a\r\nb' } } }, '/request/auth/token'],
  [{ request: { auth: { type: 'bearer', token: { set: true } } } }, '/request/auth/token', 'not_set'],
  [{ request: { auth: { type: 'basic', username: 'a:b', password: '' } } }, '/request/auth/username'],
  [{ request: { auth: { type: 'basic', username: 'a\0b', password: '' } } }, '/request/auth/username'],
  [{ request: [] }, '/request'],
  [{ request: 'x' }, '/request'],
  [{ request: null }, '/request'],
  [{ request: { headers: { Host: 'x' } } }, '/request/headers/Host'],
  [{ request: { headers: { 'Webhook-Id': 'x' } } }, '/request/headers/Webhook-Id'],
  [{ request: { headers: { 'a b': 'x' } } }, '/request/headers/a b'],
  [{ request: { headers: { 'a/b': 'x' } } }, '/request/headers/a~1b'],
  [{ request: { headers: { A: 'x\r\nB: y' } } }, '/request/headers/A'],
  [{ request: { headers: { A: 7 } } }, '/request/headers/A'],
  [{ request: { headers: { A: 'x', a: 'y' } } }, '/request/headers/a'],
  [{ request: { headers: 'no header' } }, '/request/headers'],
  [{ request: { headers: [] } }, '/request/headers'],
  [{ request: { method: 'GET' } }, '/request/method'],
  [{ request: { timeoutMs: 0 } }, '/request/timeoutMs'],
  [{ request: { sign: { secret: 'whsec_c2hvcnQ=' } } }, '/request/sign/secret'],
  [{ request: { sign: { secret: 'c2hvcnQ' } } }, '/request/sign/secret'],
  [{ request: { sign: { scheme: 'none', secret: 'whsec_x' } } }, '/request/sign/secret'],
  [{ eventTypes: [] }, '/eventTypes'],
  [{ eventTypes: 'device.*' }, '/eventTypes'],
  [{ eventTypes: ['ok', 'de*ice'] }, '/eventTypes/1'],
  [{ retry: { delaysMs: [1.5] } }, '/retry/delaysMs'],
  [{ retry: { delaysMs: [-1] } }, '/retry/delaysMs'],
  [{ retry: { stopOn: [99] } }, '/retry/stopOn'],
  [{ disableAfter: 0 }, '/disableAfter'],
  [{ disableAfter: '5' }, '/disableAfter'],
  [{ enabled: 'yes' }, '/enabled'],
  [{ logPayloads: 'some' }, '/logPayloads'],
  [{ profile: 'nobody' }, '/profile'],
  [{ profile: 'safous' }, '/profile'],
  [{ profile: 'metaaccess' }, '/request/auth', 'required'],
  [{ filter: {} }, '/filter'],
  [{ filter: [[]] }, '/filter'],
  [{ filter: [{ pointer: '/x', op: 'eq' }] }, '/filter/0/value'],
  [{ filter: [{ pointer: '/x', op: 'like', value: 'a' }] }, '/filter/0/op'],
  [{ filter: [{ pointer: '/x', op: 'eq', value: 1, not: true }] }, '/filter/0/not', 'unknown_member'],
  [{ filter: [{ pointer: '/x/y', op: 'eq', value: 1 }] }, '/filter/0/pointer', 'json_pointer'],
  [{ filter: [{ pointer: '/data', op: 'in', value: ['a', ['b']] }] }, '/filter/0/value/1', 'is_scalar'],
  [{ ordering: { mode: 'random' } }, '/ordering/mode'],
  [{ ordering: { mode: 'by-key', key: 'subject' } }, '/ordering/key', 'json_pointer'],
  [{ ordering: { mode: 'by-key', maxConcurrency: 65 } }, '/ordering/maxConcurrency'],
  [{ batch: { maxItems: 101 } }, '/batch/maxItems'],
  [{ batch: { maxWaitMs: 60_001 } }, '/batch/maxWaitMs'],
  [{ rateLimit: { perSecond: 0 } }, '/rateLimit/perSecond'],
  [{ rateLimit: {} }, '/rateLimit/perSecond'],
  [{ rateLimit: 5 }, '/rateLimit'],
  [{ retry: { exponential: {} } }, '/retry/exponential/firstMs'],
  [{ retry: { exponential: { firstMs: 10, maxMs: 5 } } }, '/retry/exponential/maxMs', 'min'],
  [{ retry: { exponential: { firstMs: 10, jitter: 1.5 } } }, '/retry/exponential/jitter'],
  [{ retry: { delaysMs: [1], exponential: { firstMs: 1 } } }, '/retry/exponential', 'not_applicable'],
  [{ retry: { onExhausted: 'stop' } }, '/retry/onExhausted'],
  [{ request: { body: { format: 'xml' } } }, '/request/body/format'],
  [{ request: { body: { format: 'template' } } }, '/request/body/template', 'required'],
  [{ request: { body: { format: 'template', template: '{{ event.id' } } }, '/request/body/template', 'template'],
  [{ request: { body: { format: 'template', template: 'x'.repeat(16_385) } } }, '/request/body/template', 'is_length'],
  [{ request: { body: { template: '{}' } } }, '/request/body/template', 'not_applicable'],
  [{ request: { body: { format: 'template', template: '"\0"' } } }, '/request/body/template', 'matches'],
  [{ request: { body: { rename: { 'a\0': 'b' } } } }, '/request/body/rename/a\0', 'name'],
  [{ request: { body: { rename: { a: 'b\0' } } } }, '/request/body/rename/a', 'name'],
  [{ request: { body: { omit: ['a\0'] } } }, '/request/body/omit', 'matches'],
  [
    { request: { auth: { type: 'basic', username: 'a', password: 'long enough to show \0' } } },
    '/request/auth/password',
  ],
  [{ request: { tls: { ca: 'x\0' } } }, '/request/tls/ca', 'matches'],
  [{ request: { headers: '__proto__: x' } }, '/request/headers/__proto__', 'header'],
  [{ request: { headers: 'A: b, constructor: x' } }, '/request/headers/constructor', 'header'],
  [{ request: { body: { rename: { a: 7 } } } }, '/request/body/rename/a', 'name'],
  [{ request: { body: { rename: { a: 'x', b: 'x' } } } }, '/request/body/rename/b', 'collision'],
  [{ request: { body: { rename: [] } } }, '/request/body/rename'],
  [{ request: { body: { omit: ['/~'] } } }, '/request/body/omit', 'reshaping'],
  [{ request: { body: { omit: [7] } } }, '/request/body/omit'],
  [{ request: { headers: { 'Content-Type': '{{ event.type }}' } } }, '/request/headers/Content-Type', 'template'],
  [{ request: { headers: { A: '{{ event.id' } } }, '/request/headers/A', 'template'],
  [{ request: { headers: 'A: {{ event.ids }}' } }, '/request/headers/A', 'template'],
  [{ request: { sign: { algorithm: 'rsa' } } }, '/request/sign/algorithm'],
  [{ request: { sign: { algorithm: 'ed25519', secret: 'whsk_x' } } }, '/request/sign/secret', 'signing_secret'],
  [{ request: { sign: { publicKey: 'whpk_x' } } }, '/request/sign/publicKey', 'read_only'],
  [{ request: { tls: { verify: 'no' } } }, '/request/tls/verify'],
  [{ request: { tls: { ca: 'x' } } }, '/request/tls/ca', 'pem'],
  [{ request: { tls: { ca: 'x'.repeat(65_537) } } }, '/request/tls/ca', 'max_length'],
  [{ request: { tls: { clientKey: 'x' } } }, '/request/tls/clientCertificate', 'required'],
  [{ request: { tls: { clientKey: 'x'.repeat(16_385) } } }, '/request/tls/clientKey', 'is_secret'],
  [{ request: { tls: { key: 'x' } } }, '/request/tls/key', 'unknown_member'],
  [{ request: { auth: { type: 'oauth2' } } }, '/request/auth/tokenUrl', 'required'],
  [{ request: { auth: { type: 'oauth2', tokenUrl: 'ftp://x' } } }, '/request/auth/tokenUrl', 'is_url'],
  [{ request: { auth: { token: 't' } } }, '/request/auth/type', 'required'],
];

/** Bodies that no route takes, the status each gets, and the problem's code. */
const UNREADABLE: [what: string, body: string, status: number, code: string][] = [
  ['JSON that breaks off', '{"name":', 400, 'malformed'],
  ['bytes that are no JSON', 'name=x', 400, 'malformed'],
  ['an empty body', '', 400, 'malformed'],
  ['a member __proto__', '{"name":"x","url":"https://a.b","__proto__":{"plan":"enterprise"}}', 400, 'malformed'],
  ['a nested __proto__', '{"name":"x","url":"https://a.b","request":{"__proto__":{}}}', 400, 'malformed'],
  ['a body above 256 KiB', JSON.stringify({ name: 'x'.repeat(256 * 1024) }), 413, 'too_large'],
  ['an array', '[]', 422, 'invalid'],
  ['a string', '"x"', 422, 'invalid'],
  ['null', 'null', 422, 'invalid'],
  ['a number', '7', 422, 'invalid'],
  ['a lone surrogate', '{"name":"\\ud800","plan":"standard","role":"admin","url":"https://a.b"}', 400, 'malformed'],
  ['a lone surrogate in a member', '{"\\udc00":1}', 400, 'malformed'],
  ['a member named like a method', '{"constructor":1,"toString":2}', 422, 'invalid'],
  ['deep nesting', `{"request":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`, 400, 'malformed'],
];

describe('bad input', () => {
  let config: ConfigUnderTest;
  let call: (method: string, path: string, options?: Call) => Promise<Answer>;
  const tenant = 'ten_1';
  const routes: [method: string, path: string][] = [];

  beforeAll(async () => {
    config = await ConfigUnderTest.create();
    call = instanceOf(await config.start());
    await call('POST', 'tenants', { body: { id: tenant, name: 'Acme', plan: 'standard' } });
    const { body } = await call('POST', 'integrations', { tenant, body: { name: 'x', url: URL_OK } });
    routes.push(['POST', 'tenants'], ['POST', 'api-keys'], ['POST', 'integrations']);
    routes.push(['PATCH', 'tenants/ten_1'], ['PATCH', `integrations/${body.id}`]);
    routes.push(['POST', `integrations/${body.id}/enable`], ['POST', `integrations/${body.id}/disable`]);
    const rule = { name: 'x', method: 'GET', url: URL_OK };
    const made = await call('POST', 'decision-rules', { tenant, body: rule });
    const path = `decision-rules/${made.body.id}`;
    routes.push(['POST', 'decision-rules'], ['PATCH', path], ['POST', `${path}/enable`], ['POST', `${path}/disable`]);
  });
  afterAll(() => config?.destroy());

  it.each(UNREADABLE)('is answered with its problem on every route: %s', async (_what, body, status, code) => {
    for (const [method, path] of routes) {
      const headers = { 'content-type': 'application/json', 'if-match': '*' };
      const answer = await call(method, path, { tenant, body, headers });
      const where = `${method} ${path}: ${JSON.stringify(answer.body)}`;
      expect([answer.status, answer.body?.code], where).toEqual([status, code]);
    }
  });

  it.each(REFUSED)('is refused when an integration is created with %j', async (given, pointer, code) => {
    const answer = await call('POST', 'integrations', { tenant, body: { name: 'x', url: URL_OK, ...given } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(422);
    const error = answer.body.errors.find((each: { pointer: string }) => each.pointer === pointer);
    expect(error, JSON.stringify(answer.body.errors)).toBeDefined();
    if (code) expect(error.code).toBe(code);
  });

  it('is refused in a patch as in a creation, and leaves the integration as it was', async () => {
    const { body } = await call('POST', 'integrations', { tenant, body: { name: 'x', url: URL_OK } });
    for (const [given, pointer] of REFUSED) {
      const options = { tenant, body: given, headers: { 'if-match': '*' } };
      const answer = await call('PATCH', `integrations/${body.id}`, options);
      if (pointer === '/request' && (given as { request: unknown }).request === null) continue;
      expect(answer.status, JSON.stringify([given, answer.body])).toBe(422);
    }
    expect((await call('GET', `integrations/${body.id}`, { tenant })).body.version).toBe(1);
  });

  it('is refused in an address: no id holds a zero character', async () => {
    for (const [method, path] of [
      ['GET', 'integrations/%00'],
      ['PATCH', 'integrations/int_%00'],
      ['DELETE', 'integrations/%00'],
      ['POST', 'integrations/%00/enable'],
      ['GET', 'decision-rules/%00'],
      ['PATCH', 'decision-rules/rul_%00'],
      ['POST', 'decision-rules/%00/enable'],
      ['GET', 'tenants/%00'],
      ['DELETE', 'tenants/%00'],
      ['DELETE', 'api-keys/%00'],
    ] as const) {
      const answer = await call(method, path, {
        tenant,
        headers: { 'if-match': '*' },
        body: method === 'GET' ? undefined : {},
      });
      expect([answer.status, answer.body?.code], `${method} ${path}`).toEqual([400, 'malformed']);
    }
  });

  it('is refused for tenants and keys', async () => {
    for (const body of [{}, { name: 'x' }, { name: 'x', plan: 'gold' }, { name: 'x', plan: 'standard', id: 'a/b' }]) {
      expect((await call('POST', 'tenants', { body })).status).toBe(422);
    }
    for (const body of [{}, { name: 'x' }, { name: 'x', role: 'root' }, { name: 'x', role: 'admin', key: 'y' }]) {
      expect((await call('POST', 'api-keys', { tenant, body })).status).toBe(422);
    }
    expect((await call('POST', 'tenants', { body: '{}', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  });
});
