import { describe, expect, it } from 'vitest';
import { type RequestLimitSettings, RequestLimits } from './request-limits.js';

const ADDRESS = '192.0.2.1';
const refusal = (retryAfterSeconds: number) => expect.objectContaining({ code: 'rate_limited', retryAfterSeconds });

function limitsOf(settings: Partial<RequestLimitSettings>) {
  const time = { ms: 0 };
  const all = {
    HOOKSTILE_RATE_LIMIT_REQUESTS: 0,
    HOOKSTILE_RATE_LIMIT_WINDOW_S: 60,
    HOOKSTILE_AUTH_FAILURES_MAX: 0,
    ...settings,
  };
  return { limits: new RequestLimits(all, { monotonicMs: () => time.ms }), time };
}

describe('the requests of a key', () => {
  it('carry no headers while no limit is set', () => {
    const { limits } = limitsOf({});
    limits.countRequest('key_1', () => expect.unreachable());
  });

  it('are refused beyond the limit, with both headers of the draft and the time to wait', () => {
    const { limits, time } = limitsOf({ HOOKSTILE_RATE_LIMIT_REQUESTS: 1, HOOKSTILE_RATE_LIMIT_WINDOW_S: 30 });
    const headers: Record<string, string> = {};
    const count = () => limits.countRequest('key_1', (name, value) => Object.assign(headers, { [name]: value }));
    count();
    expect(headers).toEqual({ 'ratelimit-policy': '"key";q=1;w=30', ratelimit: '"key";r=0;t=30' });
    time.ms = 10_000;
    expect(count).toThrow(refusal(20));
    expect(headers.ratelimit).toBe('"key";r=0;t=20');
    limits.countRequest('key_2', () => undefined);
  });
});

describe('an address that gives unknown keys', () => {
  it('is refused beyond the limit until the minute is over, other addresses are not', () => {
    const { limits, time } = limitsOf({ HOOKSTILE_AUTH_FAILURES_MAX: 2 });
    for (const hash of ['h1', 'h2']) {
      limits.refuseGuesses(ADDRESS, hash);
      limits.countUnknownKey(ADDRESS, hash);
    }
    expect(() => limits.refuseGuesses(ADDRESS, 'h3')).toThrow(refusal(60));
    expect(() => limits.refuseGuesses('192.0.2.2', 'h3')).not.toThrow();
    time.ms = 60_000;
    expect(() => limits.refuseGuesses(ADDRESS, 'h3')).not.toThrow();
  });

  it('does not lock out keys that were valid, until one is found to be unknown', () => {
    const { limits } = limitsOf({ HOOKSTILE_AUTH_FAILURES_MAX: 1 });
    limits.noteValidKey('valid');
    limits.countUnknownKey(ADDRESS, 'h1');
    expect(() => limits.refuseGuesses(ADDRESS, 'valid')).not.toThrow();
    limits.countUnknownKey(ADDRESS, 'valid');
    expect(() => limits.refuseGuesses(ADDRESS, 'valid')).toThrow(refusal(60));
  });

  it('is not counted while no limit is set', () => {
    const { limits } = limitsOf({});
    for (let n = 0; n < 100; n += 1) limits.countUnknownKey(ADDRESS, 'h');
    expect(() => limits.refuseGuesses(ADDRESS, 'h')).not.toThrow();
  });
});
