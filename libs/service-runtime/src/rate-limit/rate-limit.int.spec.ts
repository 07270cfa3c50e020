import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, startThings, type Things, VIEWER_KEY } from '../things-stack.fake.js';

const REQUESTS_MAX = 20;
const FAILURES_MAX = 3;

let things: Things;

beforeAll(async () => {
  things = await startThings({
    HOOKSTILE_RATE_LIMIT_REQUESTS: String(REQUESTS_MAX),
    HOOKSTILE_RATE_LIMIT_WINDOW_S: '3600',
    HOOKSTILE_AUTH_FAILURES_MAX: String(FAILURES_MAX),
  });
});

afterAll(() => things.close());

const unknownKey = (n: number) => `hk_${String(n).padStart(48, '9')}`;

describe('a limit on requests', () => {
  it('answers exactly as many at a time as it allows, and tells so on each of them and on refusals', async () => {
    const answers = await Promise.all(Array.from({ length: 2 * REQUESTS_MAX }, () => things.call('/v1/me')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(REQUESTS_MAX);
    expect(statuses.filter((status) => status === 429)).toHaveLength(REQUESTS_MAX);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toBe(`"key";q=${REQUESTS_MAX};w=3600`);
      expect(headers.get('ratelimit')).toMatch(/^"key";r=\d+;t=\d+$/);
    }
    const left = answers.map(({ headers }) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]));
    expect(new Set(left)).toEqual(new Set(Array.from({ length: REQUESTS_MAX }, (_, n) => n)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(3_500);
  });

  it('counts what the role refuses, and tells so', async () => {
    const answer = await things.call('/v1/things', { method: 'POST', key: VIEWER_KEY });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('ratelimit')).toMatch(/^"key";r=19;/);
  });

  it('does not hold for the platform key, whose answers tell of none', async () => {
    const answers = await Promise.all(
      Array.from({ length: 2 * REQUESTS_MAX }, () => things.call('/v1/me', { key: ADMIN_KEY })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers.get('ratelimit')).toBeNull();
  });
});

describe('a limit on unknown keys', () => {
  it('refuses further ones, yet neither a key that was in use nor the platform key', async () => {
    expect((await things.call('/v1/me', { key: VIEWER_KEY })).status).toBe(200);
    for (let n = 0; n < FAILURES_MAX; n += 1) {
      expect((await things.call('/v1/me', { key: unknownKey(n) })).status).toBe(401);
    }
    const refused = await things.call('/v1/me', { key: unknownKey(99) });
    expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await things.call('/v1/me', { key: VIEWER_KEY })).status).toBe(200);
    expect((await things.call('/v1/me', { key: ADMIN_KEY })).status).toBe(200);
  });

  it('looks at the connection, not at a header that names another address', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.77', forwarded: 'for=192.0.2.77' };
    expect((await things.call('/v1/me', { key: unknownKey(100), headers })).status).toBe(429);
  });
});
