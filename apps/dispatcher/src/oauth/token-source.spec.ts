import { beforeEach, describe, expect, test } from 'vitest';
import type { IssuedToken } from './request-token.js';
import {
  TOKEN_REFRESH_MARGIN_MS,
  TOKEN_REFRESH_PAUSE_MS,
  TOKEN_REFRESH_SHARE,
  TOKEN_REPLACEMENT_PAUSE_MS,
} from './token.bounds.js';
import type { TokenGrant } from './token-grant.js';
import { type TokenOutcome, TokenRequestError } from './token-request.error.js';
import { CachedTokens, type TokenWait } from './token-source.js';

const HOUR_MS = 3_600_000;

const grantOf = (key: string): TokenGrant => ({
  key,
  target: { origin: 'https://as', path: '/token', host: 'as', port: 443, url: 'https://as/token' },
  clientId: 'c',
  clientSecret: 's',
  scope: null,
  audience: null,
  tls: null,
});
const GRANT = grantOf('integration:int_1 a');

interface Asked {
  key: string;
  issue(token: string, lifetimeMs?: number): Promise<void>;
  fail(): Promise<void>;
}

let nowMs: number;
let asked: Asked[];
let outcomes: TokenOutcome[];
let tokens: CachedTokens;

beforeEach(() => {
  nowMs = 1_000;
  asked = [];
  outcomes = [];
  tokens = new CachedTokens({
    request: ({ key }) => {
      const { promise, resolve, reject } = Promise.withResolvers<IssuedToken>();
      const settled = () => new Promise<void>((done) => setImmediate(done));
      asked.push({
        key,
        issue: (token, lifetimeMs = HOUR_MS) => {
          resolve({ token, lifetimeMs });
          return settled();
        },
        fail: () => {
          reject(new TokenRequestError('refused', 'The token endpoint answered 503.'));
          return settled();
        },
      });
      return promise;
    },
    clock: { monotonicMs: () => nowMs },
    recorder: { record: (outcome) => void outcomes.push(outcome) },
  });
});

const ask = (wait: Partial<TokenWait> = {}, grant = GRANT) =>
  tokens.tokenFor(grant, { timeoutMs: 5_000, signal: new AbortController().signal, ...wait });

/** Asks for the first token and has it issued. */
async function issued(token: string, lifetimeMs = HOUR_MS): Promise<void> {
  const waiting = ask();
  await asked.at(-1)?.issue(token, lifetimeMs);
  expect(await waiting).toEqual({ token });
}

test('asks once for all that wait for a token, and not again while it is valid', async () => {
  const waiting = Array.from({ length: 100 }, () => ask());
  await asked[0]?.issue('t1');
  expect(new Set((await Promise.all(waiting)).map(({ token }) => token))).toEqual(new Set(['t1']));
  expect(await ask()).toEqual({ token: 't1' });
  expect(asked).toHaveLength(1);
  expect(outcomes).toEqual(['issued']);
});

test('keeps the tokens of owners and settings apart', async () => {
  const other = grantOf('integration:int_2 a');
  const waiting = [ask(), ask({}, other)];
  await asked[0]?.issue('t1');
  await asked[1]?.issue('t2');
  expect(await Promise.all(waiting)).toEqual([{ token: 't1' }, { token: 't2' }]);
  expect(asked.map(({ key }) => key)).toEqual([GRANT.key, other.key]);
});

test('keeps no token of an owner that was deleted, nor one that is on its way, and those of others', async () => {
  await issued('t1');
  const namesake = grantOf('integration:int_12 a');
  const [other, late] = [ask({}, namesake), ask({}, grantOf('integration:int_1 b'))];
  await asked[1]?.issue('t2');
  tokens.forget('integration:int_1');
  await asked[2]?.issue('t3');
  expect([await other, await late]).toEqual([{ token: 't2' }, { token: 't3' }]);
  expect(await ask({}, namesake)).toEqual({ token: 't2' });
  for (const key of ['integration:int_1 a', 'integration:int_1 b']) void ask({}, grantOf(key));
  expect(asked.slice(3).map(({ key }) => key)).toEqual(['integration:int_1 a', 'integration:int_1 b']);
});

describe('a token about to expire', () => {
  test.each([
    ['an hour', HOUR_MS, TOKEN_REFRESH_MARGIN_MS],
    ['ten seconds', 10_000, 10_000 * TOKEN_REFRESH_SHARE],
  ])('that is valid for %s serves while its successor is asked for', async (_, lifetimeMs, marginMs) => {
    await issued('t1', lifetimeMs);
    nowMs += lifetimeMs - marginMs - 1;
    expect(await ask()).toEqual({ token: 't1' });
    expect(asked).toHaveLength(1);
    nowMs += 1;
    expect(await ask()).toEqual({ token: 't1' });
    expect(await ask()).toEqual({ token: 't1' });
    expect(asked).toHaveLength(2);
    await asked[1]?.issue('t2');
    expect(await ask()).toEqual({ token: 't2' });
  });

  test('serves on where its successor cannot be had, which is asked for again after a pause', async () => {
    await issued('t1');
    nowMs += HOUR_MS - TOKEN_REFRESH_MARGIN_MS;
    await ask();
    await asked[1]?.fail();
    expect(await ask()).toEqual({ token: 't1' });
    expect(asked).toHaveLength(2);
    nowMs += TOKEN_REFRESH_PAUSE_MS;
    await ask();
    expect(asked).toHaveLength(3);
  });
});

test('gives nobody a token that has expired, counted from before it was asked for', async () => {
  const waiting = ask();
  nowMs += 4_000;
  await asked[0]?.issue('t1', 10_000);
  await waiting;
  nowMs += 6_000;
  const next = ask();
  expect(asked).toHaveLength(2);
  await asked[1]?.issue('t2');
  expect(await next).toEqual({ token: 't2' });
});

test('says why there is no token, and asks again the next time', async () => {
  const waiting = ask();
  await asked[0]?.fail();
  expect(await waiting).toEqual({ token: null, error: 'oauth_token', detail: 'The token endpoint answered 503.' });
  const next = ask();
  await asked[1]?.issue('t1');
  expect(await next).toEqual({ token: 't1' });
  expect(outcomes).toEqual(['refused', 'issued']);
});

test('gives a refused token to nobody any more, and asks once for all to whom it was refused', async () => {
  await issued('t1');
  const waiting = [ask({ refused: 't1' }), ask({ refused: 't1' }), ask()];
  expect(asked).toHaveLength(2);
  await asked[1]?.issue('t2');
  expect(await Promise.all(waiting)).toEqual([{ token: 't2' }, { token: 't2' }, { token: 't2' }]);
  expect(await ask({ refused: 't1' })).toEqual({ token: 't2' });
  expect(asked).toHaveLength(2);
});

test('is not asked again and again by an endpoint that refuses every token: a replaced one stays for a while', async () => {
  await issued('t1');
  const replaced = ask({ refused: 't1' });
  await asked[1]?.issue('t2');
  expect(await replaced).toEqual({ token: 't2' });
  nowMs += TOKEN_REPLACEMENT_PAUSE_MS - 1;
  expect(await ask({ refused: 't2' })).toEqual({ token: 't2' });
  expect(asked).toHaveLength(2);
  nowMs += 1;
  const again = ask({ refused: 't2' });
  await asked[2]?.issue('t3');
  expect(await again).toEqual({ token: 't3' });
});

test('waits no longer than its caller can, and what comes later serves the next one', async () => {
  const late = await ask({ timeoutMs: 5 });
  expect(late).toEqual({ token: null, error: 'oauth_token', detail: 'No token came within 5 ms.' });
  await asked[0]?.issue('t1');
  expect(await ask()).toEqual({ token: 't1' });
  expect(asked).toHaveLength(1);
});

test('ends the waiting of one that is aborted, and of nobody else', async () => {
  const controller = new AbortController();
  const [aborted, patient] = [ask({ signal: controller.signal }), ask()];
  controller.abort();
  expect(await aborted).toMatchObject({ token: null, error: 'aborted' });
  expect(await ask({ signal: controller.signal })).toMatchObject({ token: null, error: 'aborted' });
  await asked[0]?.issue('t1');
  expect(await patient).toEqual({ token: 't1' });
});
