import { type AddressInfo, createServer } from 'node:net';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import { type AuthorizationServer, startAuthorizationServer } from '@hookstile/testing/authorization-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_GRACE_MS } from '../egress/response.bounds.js';
import { Deciding } from './deciding.fake.js';
import { CIRCUIT_FAILURES } from './decision.bounds.js';

let world: Deciding;
let hook: Receiver;

beforeAll(async () => {
  hook = await startReceiver();
  world = await Deciding.start();
});
afterAll(async () => {
  await world.close();
  await hook.close();
});

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE_ID}-b7ad6b7169203331-01`;

/** A rule whose hook stands at a path of its id's name, and answers so. */
async function rule(
  id: string,
  answers: Parameters<Receiver['answer']>[1] = [{ body: '{"status":"ok"}' }],
  settings: NonNullable<Parameters<Deciding['configure']>[0]['settings']> = {},
): Promise<string> {
  hook.answer(`/${id}`, answers);
  await world.configure({ id, settings: { url: `${hook.url}/${id}`, ...settings } });
  return id;
}

describe('a decision', () => {
  it('asks the hook with the parameters filled in, and grants by its answer', async () => {
    const id = 'rul_grant';
    const headers = { 'X-Lang': world.sealed('%headers.accept-LANGUAGE%', id) };
    const auth = { type: 'basic', username: 'u', password: world.sealed('p', id) } as const;
    const body = '{"user":"%username%","groups":"%groups%","none":"%device_id%"}';
    await rule(id, undefined, { headers, auth, body, name: 'May enter' });
    const context = {
      username: 'a"nn',
      groups: ['x', 'y'],
      remote_ip: '203.0.113.7',
      headers: { 'Accept-Language': 'de-secret' },
    };
    const { status, body: answer } = await world.decide('May enter', context, { traceparent: TRACEPARENT });
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      decision: 'granted',
      code: 'matched',
      reason: '"status" of the answer equals "ok", which allows.',
      rule: id,
      ruleName: 'May enter',
      httpStatus: 200,
      cached: false,
    });
    const [request] = hook.on(`/${id}`);
    expect(request?.method).toBe('POST');
    expect(request?.body.toString()).toBe('{"user":"a\\"nn","groups":"x,y","none":""}');
    expect(request?.headers).toMatchObject({
      'x-lang': 'de-secret',
      authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Hookstile\//),
      'webhook-id': answer.id,
      traceparent: expect.stringMatching(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`)),
    });
    const [record] = await world.recorded(id, 1);
    expect(record).toMatchObject({
      id: answer.id,
      username: 'a"nn',
      remoteIp: '203.0.113.7',
      deviceId: null,
      cached: false,
    });
    expect(record?.traceparent).toContain(TRACE_ID);
    expect(JSON.stringify(record)).not.toContain('de-secret');
  });

  it('asks by GET without a body, and reads JSONP', async () => {
    const id = await rule('rul_get', [{ body: '/**/cb({"status":"ok"});' }], {
      method: 'GET',
      body: null,
      verification: 'jsonp',
    });
    expect((await world.decide(id)).body).toMatchObject({ decision: 'granted', code: 'matched' });
    const [request] = hook.on(`/${id}`);
    expect(request?.method).toBe('GET');
    expect(request?.headers).not.toHaveProperty('content-length');
    expect(request?.headers).not.toHaveProperty('content-type');
  });

  it('denies with a reason that names what stood in the answer', async () => {
    const id = await rule('rul_deny', [{ body: '{"status":"blocked"}' }]);
    expect((await world.decide(id)).body).toMatchObject({
      decision: 'denied',
      code: 'no_match',
      reason: 'No response action matched: "status" is "blocked".',
    });
  });

  it.each([
    ['rul_500', [{ status: 500, body: '{"status":"ok"}' }], 'http_status', 500],
    ['rul_302', [{ status: 302, headers: { location: '/rul_grant' } }], 'http_status', 302],
    ['rul_html', [{ body: '<html>' }], 'unparseable', 200],
    ['rul_long', [{ body: `{"status":"ok","x":"${'x'.repeat(70_000)}"}` }], 'unparseable', 200],
    ['rul_reset', [{ reset: true }], 'connect', null],
    ['rul_slow', [{ delayMs: 2_000, body: '{"status":"ok"}' }], 'timeout', null],
  ] as const)('of %s falls by onError', async (id, answers, code, httpStatus) => {
    await rule(id, answers, { timeoutMs: 300 });
    expect((await world.decide(id)).body).toMatchObject({ decision: 'denied', code, httpStatus });
    await world.configure({ id, version: 2, settings: { url: `${hook.url}/${id}`, timeoutMs: 300, onError: 'allow' } });
    expect((await world.decide(id)).body).toMatchObject({ decision: 'granted', code, httpStatus });
    expect((await world.recorded(id, 2)).map(({ decision }) => decision)).toEqual(['denied', 'granted']);
  });

  it('reaches no address that is not allowed', async () => {
    const id = await rule('rul_blocked', [], { url: 'http://10.0.0.1:1/' });
    expect((await world.decide(id)).body).toMatchObject({ decision: 'denied', code: 'blocked_address' });
  });

  it('waits for a body, and is made by the deadline though it never ends', async () => {
    const server = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"status"');
      const rest = setTimeout(() => socket.write(':"ok"}'), BODY_GRACE_MS + 200);
      socket.on('error', () => {}).on('close', () => clearTimeout(rest));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await rule('rul_trickle', [], { url });
    expect((await world.decide('rul_trickle')).body).toMatchObject({ decision: 'granted', httpStatus: 200 });
    await rule('rul_endless', [], { url, timeoutMs: 300 });
    expect((await world.decide('rul_endless')).body).toMatchObject({ decision: 'denied', code: 'timeout' });
    server.close();
  });

  it('tries a broken connection once more, and no answer', async () => {
    const id = await rule('rul_again', [{ reset: true }, { body: '{"status":"ok"}' }, { status: 503 }]);
    expect((await world.decide(id)).body).toMatchObject({ decision: 'granted' });
    expect((await world.decide(id)).body).toMatchObject({ code: 'http_status', httpStatus: 503 });
    expect(hook.on(`/${id}`)).toHaveLength(3);
  });

  it('leaves a hook alone that fails again and again', async () => {
    const id = await rule('rul_circuit', [500]);
    for (let i = 0; i < CIRCUIT_FAILURES; i += 1) {
      expect((await world.decide(id)).body).toMatchObject({ code: 'http_status' });
    }
    expect((await world.decide(id)).body).toMatchObject({ decision: 'denied', code: 'circuit_open', httpStatus: null });
    expect(hook.on(`/${id}`)).toHaveLength(CIRCUIT_FAILURES);
  });

  it('is given again for the same context while the rule says so, and recorded each time', async () => {
    const id = await rule('rul_cache', undefined, { cacheSeconds: 60 });
    const first = await world.decide(id, { username: 'ann' });
    const again = await world.decide(id, { username: 'ann' });
    expect(again.body).toMatchObject({ decision: 'granted', code: 'matched', httpStatus: 200, cached: true });
    expect(again.body.id).not.toBe(first.body.id);
    await world.decide(id, { username: 'bob' });
    expect(hook.on(`/${id}`)).toHaveLength(2);
    expect((await world.recorded(id, 3)).map(({ cached }) => cached)).toEqual([false, true, false]);
    await world.configure({ id, version: 2, settings: { url: `${hook.url}/${id}`, cacheSeconds: 60 } });
    await world.decide(id, { username: 'ann' });
    expect(hook.on(`/${id}`)).toHaveLength(3);
  });

  it('sees a rule that was acknowledged before it was asked', async () => {
    for (let version = 1; version <= 20; version += 1) {
      const path = `/seen/${version}`;
      hook.answer(path, [{ body: '{"status":"ok"}' }]);
      await world.configure({ id: 'rul_seen', version, settings: { url: `${hook.url}${path}` } });
      await world.decide('rul_seen');
      expect(hook.on(path)).toHaveLength(1);
    }
  });

  it('of a hook that hangs costs its callers the deadline, and others nothing', async () => {
    const release = Promise.withResolvers<void>();
    await rule('rul_hangs', () => release.promise.then(() => ({})), { timeoutMs: 2_000 });
    const id = await rule('rul_well');
    const hanging = Array.from({ length: 25 }, () => world.decide('rul_hangs'));
    await until(() => hook.on('/rul_hangs').length === 20);
    const well = await Promise.all(Array.from({ length: 20 }, () => world.decide(id)));
    for (const { body } of well) {
      expect(body).toMatchObject({ decision: 'granted' });
      expect(body.durationMs).toBeLessThan(1_000);
    }
    const answers = await Promise.all(hanging);
    release.resolve();
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect(answers.filter(({ body }) => body.code === 'timeout')).toHaveLength(20);
  });
});

describe('a rule with OAuth2', () => {
  let server: AuthorizationServer;

  beforeAll(async () => {
    server = await startAuthorizationServer();
  });
  afterAll(() => server.close());

  const tokenOf = (headers: { authorization?: string | undefined }) =>
    headers.authorization?.replace(/^Bearer /, '') ?? '';

  async function tokenRule(id: string, tokenUrl = server.tokenUrl): Promise<string> {
    const clientSecret = world.sealed('first-secret', id);
    const auth = { type: 'oauth2', tokenUrl, clientId: 'hookstile', clientSecret } as const;
    return rule(
      id,
      async ({ headers }) =>
        (await server.accepts(tokenOf(headers))) ? { body: '{"status":"ok"}' } : { status: 401, body: '{}' },
      { auth, timeoutMs: 2_000 },
    );
  }

  it('sends one token with all that are asked, and a new one after a 401', async () => {
    const id = await tokenRule('rul_oauth');
    const asked = server.tokenRequests;
    await Promise.all(Array.from({ length: 10 }, () => world.decide(id)));
    expect(server.tokenRequests).toBe(asked + 1);
    await server.revoke(tokenOf(hook.on(`/${id}`).at(-1)?.headers ?? {}));
    expect((await world.decide(id)).body).toMatchObject({ decision: 'granted', httpStatus: 200 });
    expect(server.tokenRequests).toBe(asked + 2);
    const { body } = await world.post(`/v1/decision-rules/${id}/test`, {});
    expect(body).toMatchObject({ decision: 'granted', request: { headers: { authorization: '***' } } });
  });

  it('falls by onError without a token, and says why', async () => {
    const id = await tokenRule('rul_no_token', `${hook.url}/no-token`);
    hook.answer('/no-token', [503]);
    const { body } = await world.decide(id);
    expect(body).toMatchObject({ decision: 'denied', code: 'connect', httpStatus: null });
    expect(body.reason).toMatch(/token endpoint answered 503/);
  });
});

describe('asking', () => {
  it.each([
    ['an unknown rule', { rule: 'nothing' }, 404, 'not_found'],
    ['an unknown member', { rule: 'rul_grant', why: 1 }, 422, 'invalid'],
    ['an unknown value', { rule: 'rul_grant', context: { user: 'ann' } }, 422, 'invalid'],
    ['a bad certificate', { rule: 'rul_grant', context: { certificate: 'x' } }, 422, 'invalid'],
    ['no object', [], 422, 'invalid'],
  ])('for %s is refused', async (_, body, status, code) => {
    const answer = await world.post('/v1/decisions', body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ code });
  });

  it("for a disabled, a deleted or another tenant's rule is refused", async () => {
    await world.configure({ id: 'rul_disabled', state: 'disabled' });
    await world.configure({ id: 'rul_deleted', deleted: true });
    await world.configure({ id: 'rul_other', tenantId: 'ten_2' });
    expect(await world.decide('rul_disabled')).toMatchObject({ status: 409, body: { code: 'rule_disabled' } });
    expect(await world.decide('rul_deleted')).toMatchObject({ status: 404 });
    expect(await world.decide('rul_other')).toMatchObject({ status: 404 });
  });

  it('with a context that makes the request too large is refused', async () => {
    const id = await rule('rul_large', undefined, { body: `{"u":"${'%username%'.repeat(100)}"}` });
    const answer = await world.decide(id, { username: 'a'.repeat(16_000) });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/context', code: 'too_long' }] } });
  });
});

describe('a dry run', () => {
  it('shows the request without its secrets, the answer and the action that matched', async () => {
    const id = 'rul_test';
    const headers = { 'X-Key': world.sealed('s3cret', id), 'X-User': world.sealed('%username%', id) };
    const auth = { type: 'basic', username: 'u', password: world.sealed('p4ss', id) } as const;
    const responseActions = [
      { type: 'deny', key: 'risk', value: 'high' },
      { type: 'allow', key: 'status', value: 'ok' },
    ] as const;
    await rule(id, undefined, { headers, auth, responseActions: [...responseActions] });
    const answer = await world.post(`/v1/decision-rules/${id}/test`, { context: { username: 'ann' } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      request: {
        method: 'POST',
        url: `${hook.url}/${id}`,
        headers: { 'X-Key': '***', 'X-User': 'ann', authorization: '***' },
        body: '{"user":"ann"}',
      },
      response: { httpStatus: 200, body: '{"status":"ok"}' },
      matchedAction: { index: 1, type: 'allow', key: 'status', value: 'ok' },
      decision: 'granted',
      reason: '"status" of the answer equals "ok", which allows.',
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/s3cret|p4ss/);
    expect(hook.on(`/${id}`)[0]?.headers).toMatchObject({ 'x-key': 's3cret' });
  });

  it('asks the hook of a disabled rule, past the cache and the circuit, and is recorded nowhere', async () => {
    const id = 'rul_test_disabled';
    hook.answer(`/${id}`, [500]);
    const settings = { url: `${hook.url}/${id}`, cacheSeconds: 60 };
    await world.configure({ id, state: 'disabled', settings });
    for (let i = 0; i <= CIRCUIT_FAILURES; i += 1) {
      const { body } = await world.post(`/v1/decision-rules/${id}/test`, {});
      expect(body).toMatchObject({ decision: 'denied', code: 'http_status', matchedAction: null });
    }
    await world.decide('rul_grant');
    await world.recorded('rul_grant', 2);
    expect(world.decisions.filter(({ ruleId }) => ruleId === id)).toEqual([]);
  });

  it('of an unknown rule is refused, also by its name', async () => {
    expect(await world.post('/v1/decision-rules/May%20enter/test', {})).toMatchObject({ status: 404 });
  });
});
