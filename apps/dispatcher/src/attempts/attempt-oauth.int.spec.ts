import type { IntegrationSettings } from '@hookstile/contracts';
import { type Receiver, startReceiver, until } from '@hookstile/testing';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '@hookstile/testing/authorization-server';
import { CertificateAuthority } from '@hookstile/testing/certificates';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { egressUnderTest } from '../egress/egress.fake.js';
import { MASKED } from '../request/request-plan.js';
import { sealed } from '../request/sealed-fixture.js';
import type { AttemptInput } from './attempt.types.js';
import { attemptInput, attemptMaker } from './attempt-maker.fake.js';
import type { RunningAttemptMaker } from './attempt-maker.js';

type Request = Partial<IntegrationSettings['request']>;

const cleanups: (() => Promise<unknown> | unknown)[] = [];
let receiver: Receiver;
let server: AuthorizationServer;
let maker: RunningAttemptMaker;
/** What the token requests were counted as. */
let outcomes: unknown[];

beforeEach(async () => {
  outcomes = [];
  receiver = await startReceiver();
  server = await startAuthorizationServer();
  maker = attemptMaker({
    metrics: {
      histogram: (name) => ({
        record: (_, attributes) => void (name === 'oauth.token.duration' && outcomes.push(attributes?.outcome)),
      }),
    },
  });
  cleanups.push(
    () => maker.close(),
    () => receiver.close(),
    () => server.close(),
  );
  receiver.answer('/hook', async ({ headers }) => ({ status: (await server.accepts(tokenOf(headers))) ? 200 : 401 }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const tokenOf = ({ authorization = '' }: { authorization?: string | undefined }) =>
  authorization.replace(/^Bearer /, '');

function input(clientSecret = 'first-secret', request: Request = {}, tokenUrl = server.tokenUrl): AttemptInput {
  const auth = { type: 'oauth2', tokenUrl, clientId: 'hookstile', clientSecret: sealed(clientSecret) } as const;
  return attemptInput(`${receiver.url}/hook`, { auth, ...request });
}

async function otherServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const other = await startAuthorizationServer(options);
  cleanups.push(() => other.close());
  return other;
}

describe('a token', () => {
  test('is had by client credentials, sent as a bearer token, and masked in what is recorded', async () => {
    const headers = { Authorization: sealed('Bearer of-the-user'), 'X-Team': sealed('blue') };
    const outcome = await maker.make(input('first-secret', { headers }));
    expect(outcome).toMatchObject({ outcome: 'succeeded', httpStatus: 200 });
    const [request] = await receiver.received('/hook', 1);
    expect(await server.accepts(tokenOf(request?.headers ?? {}))).toBe(true);
    expect(request?.headers['x-team']).toBe('blue');
    const recorded = outcome.request.headers.filter(([name]) => name.toLowerCase() === 'authorization');
    expect(recorded).toEqual([['authorization', MASKED]]);
    expect(JSON.stringify(outcome)).not.toContain(tokenOf(request?.headers ?? {}));
    expect(outcomes).toEqual(['issued']);
  });

  test('is asked for once by 100 attempts at a time, and kept for those that follow', async () => {
    const attempts = await Promise.all(Array.from({ length: 100 }, () => maker.make(input())));
    expect(attempts.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect((await maker.make(input())).outcome).toBe('succeeded');
    expect(server.tokenRequests).toBe(1);
  });

  test('that expires is replaced, and no attempt fails for it', async () => {
    server.setLifetime(1);
    const seen = new Set<string>();
    await until(
      async () => {
        expect((await maker.make(input())).outcome).toBe('succeeded');
        for (const { headers } of receiver.on('/hook')) seen.add(tokenOf(headers));
        return seen.size >= 3;
      },
      { what: 'three tokens in turn' },
    );
    expect(outcomes.every((outcome) => outcome === 'issued')).toBe(true);
  });

  test('that the endpoint refuses is replaced by a new one, for exactly one more request', async () => {
    await maker.make(input());
    const [first] = await receiver.received('/hook', 1);
    await server.revoke(tokenOf(first?.headers ?? {}));
    expect(await maker.make(input())).toMatchObject({ outcome: 'succeeded', httpStatus: 200 });
    const tokens = receiver.on('/hook').map(({ headers }) => tokenOf(headers));
    expect(tokens).toHaveLength(3);
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[1]);
    expect(server.tokenRequests).toBe(2);
  });

  test('that is refused again ends the attempt with the 401', async () => {
    receiver.answer('/hook', [401]);
    expect(await maker.make(input())).toMatchObject({ outcome: 'failed', error: 'http_status', httpStatus: 401 });
    expect(receiver.on('/hook')).toHaveLength(2);
    expect(server.tokenRequests).toBe(2);
  });

  test('is asked for once by all attempts that it was refused to', async () => {
    await maker.make(input());
    const [first] = await receiver.received('/hook', 1);
    await server.revoke(tokenOf(first?.headers ?? {}));
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => maker.make(input())));
    expect(outcomes.every(({ outcome }) => outcome === 'succeeded')).toBe(true);
    expect(server.tokenRequests).toBe(2);
  });

  test('is kept while the integration makes no attempt, and not once it was deleted', async () => {
    const next = async () => {
      await maker.make(input());
      return tokenOf((await receiver.received('/hook', receiver.on('/hook').length)).at(-1)?.headers ?? {});
    };
    const first = await next();
    const { id } = input().integration;
    maker.forget(id);
    expect(await next()).toBe(first);
    maker.forgetDeleted(id);
    expect(await next()).not.toBe(first);
  });

  test('is another one once the secret was rotated and the settings follow', async () => {
    expect((await maker.make(input('first-secret'))).outcome).toBe('succeeded');
    server.setClientSecret('second-secret');
    expect((await maker.make(input('second-secret'))).outcome).toBe('succeeded');
    expect(server.tokenRequests).toBe(2);
    const [before, after] = receiver.on('/hook').map(({ headers }) => tokenOf(headers));
    expect(after).not.toBe(before);
  });
});

describe('an attempt without a token', () => {
  test('is oauth_token, retryable, where the secret is refused; the detail says so without the secret', async () => {
    const outcome = await maker.make(input('wrong-s3cret'));
    expect(outcome).toMatchObject({ outcome: 'failed', error: 'oauth_token', httpStatus: null, retryable: true });
    expect(outcome.errorDetail).toBe('The token endpoint answered 401: invalid_client, client authentication failed.');
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(receiver.requests).toHaveLength(0);
    expect(outcomes).toEqual(['refused']);
  });

  test('succeeds at the next one, once the token endpoint is up again', async () => {
    server.setDown(true);
    const outcome = await maker.make(input());
    expect(outcome).toMatchObject({ error: 'oauth_token', retryable: true });
    expect(outcome.errorDetail).toContain('The token endpoint could not be asked. The connection was closed');
    server.setDown(false);
    expect((await maker.make(input())).outcome).toBe('succeeded');
    expect(outcomes).toEqual(['unreachable', 'issued']);
  });

  test('ends at its own deadline where the token endpoint is slow, and the next one has the token', async () => {
    server.delay(400);
    const outcome = await maker.make(input('first-secret', { timeoutMs: 100 }));
    expect(outcome).toMatchObject({ error: 'oauth_token', errorDetail: 'No token came within 100 ms.' });
    expect(outcomes).toEqual([]);
    await until(() => outcomes.length === 1, { what: 'the token' });
    expect((await maker.make(input('first-secret', { timeoutMs: 300 }))).outcome).toBe('succeeded');
    expect(server.tokenRequests).toBe(1);
  });

  test('leaves its endpoint no more than the rest of its time', async () => {
    server.delay(300);
    receiver.answer('/hook', () => ({ delayMs: 600 }));
    const outcome = await maker.make(input('first-secret', { timeoutMs: 500 }));
    expect(outcome).toMatchObject({ error: 'timeout', errorDetail: expect.stringContaining('within 500 ms') });
    expect(outcome.durationMs).toBeLessThan(300 + 500);
  });

  test('is aborted with the signal, also while it waits for the token', async () => {
    server.delay(400);
    const controller = new AbortController();
    const pending = maker.make({ ...input(), signal: controller.signal });
    await until(() => server.tokenRequests === 1, { what: 'the token request' });
    controller.abort();
    expect(await pending).toMatchObject({ error: 'aborted', retryable: true });
  });

  test.each([
    ['is too long', { body: `{"access_token":"${'a'.repeat(100_000)}","token_type":"bearer"}` }, /too long/],
    ['is no JSON', { body: '<html>s3cret</html>' }, /no OAuth2 token/],
    ['has no token', { body: '{"token_type":"bearer","x":"s3cret"}' }, /access_token/],
    [
      'holds a line break',
      { body: '{"access_token":"a\\r\\nX-A: s3cret","token_type":"bearer"}' },
      /fit into a header/,
    ],
    ['is of another type', { body: '{"access_token":"s3cret","token_type":"dpop"}' }, /no bearer tokens/],
    ['redirects', { status: 302, headers: { location: 'http://elsewhere/s3cret' } }, /redirects \(302\)/],
    ['repeats the secret', { status: 400, body: '{"error":"bad first-s3cret"}' }, /answered 400: bad \*\*\*\./],
  ])('is oauth_token where the answer %s', async (_, answer, detail) => {
    receiver.answer('/token', () => ({ headers: { 'content-type': 'application/json' }, ...answer }));
    const outcome = await maker.make(input('first-s3cret', {}, `${receiver.url}/token`));
    expect(outcome).toMatchObject({ error: 'oauth_token', retryable: true });
    expect(outcome.errorDetail).toMatch(detail);
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(receiver.on('/hook')).toHaveLength(0);
  });

  test('is request_unbuildable where the token URL cannot be used', async () => {
    const outcome = await maker.make(input('first-secret', {}, 'https://user:pw@example.com/token'));
    expect(outcome).toMatchObject({ error: 'request_unbuildable', retryable: false });
    expect(outcome.errorDetail).toMatch(/^Of the token URL: .*user name or a password/);
  });
});

describe('a token request', () => {
  test('passes the egress guard', async () => {
    const guarded = attemptMaker({ egress: egressUnderTest({ HOOKSTILE_EGRESS_ALLOW: [] }) });
    cleanups.push(() => guarded.close());
    const outcome = await guarded.make(input());
    expect(outcome).toMatchObject({
      error: 'oauth_token',
      errorDetail: expect.stringContaining('127.0.0.1 is not public'),
    });
    expect(server.tokenRequests).toBe(0);
  });

  test("is made by the integration's TLS settings", async () => {
    const authority = await CertificateAuthority.create();
    const secured = await otherServer({ tls: await authority.issue({ names: ['127.0.0.1'] }) });
    receiver.answer('/hook', [200]);
    const refused = await maker.make(input('first-secret', {}, secured.tokenUrl));
    expect(refused).toMatchObject({ error: 'oauth_token', errorDetail: expect.stringContaining('not trusted') });
    const tls = { verify: true, ca: authority.cert };
    expect((await maker.make(input('first-secret', { tls }, secured.tokenUrl))).outcome).toBe('succeeded');
  });

  test('carries scope and audience, form-encoded, and the client by HTTP Basic', async () => {
    const body = '{"access_token":"t","token_type":"Bearer","expires_in":60}';
    receiver.answer('/token', () => ({ body, headers: { 'content-type': 'application/json' } }));
    receiver.answer('/hook', [200]);
    const secret = sealed('s:1 %');
    const base = { type: 'oauth2', tokenUrl: `${receiver.url}/token`, clientId: 'c 1', clientSecret: secret } as const;
    const auth = { ...base, scope: 'a b', audience: 'https://api' };
    expect((await maker.make(attemptInput(`${receiver.url}/hook`, { auth }))).outcome).toBe('succeeded');
    const [request] = await receiver.received('/token', 1);
    expect(Object.fromEntries(new URLSearchParams(String(request?.body)))).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b',
      audience: 'https://api',
    });
    const basic = Buffer.from(String(request?.headers.authorization).replace('Basic ', ''), 'base64').toString();
    expect(basic.split(':').map((part) => decodeURIComponent(part.replaceAll('+', ' ')))).toEqual(['c 1', 's:1 %']);
    expect(request?.headers['user-agent']).toBe('Hookstile/1.2.3');
  });
});
