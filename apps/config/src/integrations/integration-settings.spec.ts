import type { IntegrationSettings } from '@hookstile/contracts';
import { type ProblemError, parseBody } from '@hookstile/service-runtime';
import { FIXED_NOW, seededRandomBytes } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_PROFILES } from '../profiles/built-in-profiles.js';
import { fakeTenantSecrets } from '../tenant-keys/tenant-secrets.fake.js';
import { IntegrationDto } from './integration.dto.js';
import { makeSettings } from './integration-settings.js';

const secrets = fakeTenantSecrets();
const make = (given: object, current: IntegrationSettings | null = null, sealing = secrets) => {
  const input = parseBody(IntegrationDto, { name: 'SIEM', url: 'https://example.com/hook', ...given });
  const randomBytes = seededRandomBytes('secrets');
  return makeSettings(input, {
    integrationId: 'int_1',
    current,
    profiles: BUILT_IN_PROFILES,
    secrets: sealing,
    randomBytes,
    nowMs: Date.parse(FIXED_NOW),
  });
};
const pointersOf = (given: object, current: IntegrationSettings | null = null) => {
  try {
    make(given, current);
    return [];
  } catch (error) {
    return (error as ProblemError).errors?.map(({ pointer }) => pointer);
  }
};

describe('the settings of an integration', () => {
  it('spell every default out', () => {
    const { settings } = make({});
    const secret = settings.request.sign.secret;
    expect(settings).toEqual({
      name: 'SIEM',
      profile: 'standard-webhooks',
      profileVersion: 1,
      url: 'https://example.com/hook',
      eventTypes: ['*'],
      request: {
        method: 'POST',
        headers: {},
        auth: { type: 'none' },
        body: { format: 'standard' },
        sign: { scheme: 'standard-webhooks', algorithm: 'hmac-sha256', secret },
        timeoutMs: 15_000,
        tls: { verify: true },
      },
      ordering: { mode: 'strict' },
      batch: { maxItems: 1, maxWaitMs: 0 },
      retry: {
        delaysMs: [5e3, 300e3, 1_800e3, 7_200e3, 18_000e3, 36_000e3, 50_400e3, 72_000e3, 86_400e3],
        onExhausted: 'continue',
        stopOn: [],
        disableOn: [410],
        retryAfterMaxMs: 3_600_000,
      },
      disableAfter: 100,
      disableAfterMs: 432_000_000,
      rateLimit: null,
      logPayloads: 'full',
    });
  });

  it('take null as "never" for the thresholds', () => {
    expect(make({ disableAfter: null, disableAfterMs: null }).settings).toMatchObject({
      disableAfter: null,
      disableAfterMs: null,
    });
  });

  it('order by the subject, eight attempts at a time, where by-key says no more', () => {
    const byKey = { mode: 'by-key', key: '/subject', maxConcurrency: 8 };
    expect(make({ ordering: { mode: 'by-key' } }).settings.ordering).toEqual(byKey);
    const given = { mode: 'by-key', key: '/data/device/id', maxConcurrency: 3 };
    expect(make({ ordering: given }).settings.ordering).toEqual(given);
    expect(make({ ordering: { mode: 'unordered' } }).settings.ordering).toEqual({
      mode: 'unordered',
      maxConcurrency: 8,
    });
  });

  it('take growing delays in place of a list, with their defaults spelled out', () => {
    const { retry } = make({ retry: { exponential: { firstMs: 500 }, onExhausted: 'block' } }).settings;
    expect(retry).toEqual({
      exponential: { firstMs: 500, factor: 2, maxMs: 86_400_000, attempts: 10, jitter: 0 },
      onExhausted: 'block',
      stopOn: [],
      disableOn: [410],
      retryAfterMaxMs: 3_600_000,
    });
  });

  it('take no member that belongs to another mode', () => {
    expect(pointersOf({ ordering: { key: '/subject' } })).toEqual(['/ordering/key']);
    expect(pointersOf({ ordering: { maxConcurrency: 2 } })).toEqual(['/ordering/maxConcurrency']);
    expect(pointersOf({ ordering: { mode: 'unordered' }, batch: { maxItems: 2 } })).toEqual(['/batch/maxItems']);
  });

  it.each(['/subject', '/data', '/data/a~1b/0', '/traceid'])('order by the pointer %s', (key) => {
    expect(pointersOf({ ordering: { mode: 'by-key', key } })).toEqual([]);
  });

  it.each(['subject', '/', '/data/~2', '/Subject', '/type/x'])('do not order by %s', (key) => {
    expect(pointersOf({ ordering: { mode: 'by-key', key } })).toEqual(['/ordering/key']);
  });

  it('get a signing secret that is shown once, or keep the one that is given', () => {
    const made = make({});
    const sealed = made.settings.request.sign.secret;
    expect(made.newSigningSecret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(sealed && secrets.open(sealed, 'integration:int_1')).toBe(made.newSigningSecret);
    const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect(make({ request: { sign: { secret } } }).newSigningSecret).toBe(secret);
    expect(make({ request: { sign: { scheme: 'none' } } }).newSigningSecret).toBeNull();
  });

  it('keep the ciphertext of a secret that is given again or left as it was read', () => {
    const current = make({ request: { headers: { A: 'b' }, auth: { type: 'bearer', token: 'token' } } }).settings;
    const given = { request: { headers: { a: 'b' }, auth: { type: 'bearer', token: { set: true } } } };
    const { settings, newSigningSecret } = make(given, current);
    expect(settings.request.headers.a).toBe(current.request.headers.A);
    expect(settings.request.auth).toEqual(current.request.auth);
    expect(settings.request.sign).toEqual(current.request.sign);
    expect(newSigningSecret).toBeNull();
  });

  it('seal a secret anew when its text changes or cannot be opened', () => {
    const current = make({ request: { headers: { A: 'b' } } }).settings;
    expect(make({ request: { headers: { A: 'c' } } }, current).settings.request.headers.A).not.toEqual(
      current.request.headers.A,
    );
    const other = fakeTenantSecrets('k2');
    const { A: sealed } = make({ request: { headers: { A: 'b' } } }, current, other).settings.request.headers;
    expect(sealed && other.open(sealed, 'integration:int_1')).toBe('b');
  });

  it('say all that is wrong at once', () => {
    const given = {
      url: 'ftp://x',
      profile: 'nobody',
      filter: [{ pointer: 'x', op: 'eq', value: 1 }],
      eventTypes: ['a*'],
    };
    expect(pointersOf(given)).toEqual(['/profile', '/url', '/eventTypes/0', '/filter/0/pointer']);
  });

  it('fit into a record twice, whatever they were patched together from', () => {
    const names = Array.from({ length: 50 }, (_, n) => `X-${n}`);
    const headers = (length: number) => Object.fromEntries(names.map((name) => [name, 'ü'.repeat(length)]));
    expect(pointersOf({ request: { headers: headers(2_500) } })).toEqual([]);
    expect(pointersOf({ request: { headers: headers(4_000) } })).toEqual(['']);
  });

  it('let no header collide with the one that the auth writes', () => {
    const bearer = { type: 'bearer', token: 't' };
    expect(pointersOf({ request: { headers: { authorization: 'x' }, auth: bearer } })).toEqual([
      '/request/headers/authorization',
    ]);
    const apiKey = { type: 'apiKey', header: 'X-Key', value: 'v' };
    expect(pointersOf({ request: { headers: { 'x-key': 'x' }, auth: apiKey } })).toEqual(['/request/headers/x-key']);
    expect(pointersOf({ request: { headers: { 'x-other': 'x' }, auth: apiKey } })).toEqual([]);
  });

  it('allow basic auth with empty parts, but not without them', () => {
    expect(pointersOf({ request: { auth: { type: 'basic', username: '', password: '' } } })).toEqual([]);
    expect(pointersOf({ request: { auth: { type: 'basic' } } })).toEqual([
      '/request/auth/username',
      '/request/auth/password',
    ]);
  });

  it('name each reserved header as one that cannot be given', () => {
    for (const name of [
      'Host',
      'Content-Length',
      'Transfer-Encoding',
      'webhook-signature',
      'Traceparent',
      'User-Agent',
    ]) {
      expect(pointersOf({ request: { headers: { [name]: 'x' } } }), name).toEqual([`/request/headers/${name}`]);
    }
  });
});
