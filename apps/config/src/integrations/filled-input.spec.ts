import { parseBody } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { profileFile } from '../profiles/profile-file.fake.js';
import type { IntegrationProfile } from '../profiles/profile-schema.js';
import { fillFromProfile } from './filled-input.js';
import { IntegrationDto } from './integration.dto.js';

const { settings: standard } = profileFile();
const profiled: IntegrationProfile['settings'] = {
  ...standard,
  eventTypes: ['a', 'b'],
  filter: [{ pointer: '/subject', op: 'exists', value: true }],
  request: {
    ...standard.request,
    headers: { 'X-A': 'a', 'X-B': 'b' },
    auth: { type: 'apiKey', header: 'X-Key' },
    body: { format: 'data', rename: { a: 'b' }, omit: ['c'] },
    sign: { scheme: 'none', algorithm: 'hmac-sha256' },
  },
  ordering: { mode: 'by-key', key: '/subject', maxConcurrency: 3 },
  batch: { maxItems: 5, maxWaitMs: 100 },
  rateLimit: { perSecond: 7 },
};

const fill = (given: object, profile = profiled) =>
  fillFromProfile(parseBody(IntegrationDto, { name: 'x', url: 'https://example.com', ...given }), profile);

describe('a profile', () => {
  it('fills everything where nothing is given', () => {
    expect(fill({})).toEqual(profiled);
  });

  it('fills nothing where all is given', () => {
    const given = {
      eventTypes: ['c'],
      filter: [{ pointer: '/data', op: 'eq', value: null }],
      request: {
        method: 'PUT',
        headers: { 'x-a': '1', 'x-b': '2' },
        auth: { type: 'none' },
        body: { format: 'standard' },
        sign: { scheme: 'standard-webhooks', algorithm: 'ed25519' },
        timeoutMs: 1,
        tls: { verify: false },
      },
      ordering: { mode: 'strict' },
      batch: { maxItems: 1, maxWaitMs: 0 },
      retry: { delaysMs: [1], onExhausted: 'block', stopOn: [400], disableOn: [401], retryAfterMaxMs: 0 },
      disableAfter: null,
      disableAfterMs: null,
      rateLimit: null,
      logPayloads: 'none',
    };
    expect(fill(given)).toEqual(given);
  });

  it('merges objects', () => {
    const filled = fill({ request: { tls: { ca: 'PEM' }, sign: { algorithm: 'ed25519' } }, batch: { maxItems: 9 } });
    expect(filled.request.tls).toEqual({ verify: true, ca: 'PEM' });
    expect(filled.request.sign).toEqual({ scheme: 'none', algorithm: 'ed25519' });
    expect(filled.batch).toEqual({ maxItems: 9, maxWaitMs: 100 });
  });

  it('merges an auth of its own type, also where the type is not said, and is replaced by one of another', () => {
    const ofAuth = (auth: object) => fill({ request: { auth } }).request.auth;
    expect(ofAuth({ value: 'v' })).toEqual({ type: 'apiKey', header: 'X-Key', value: 'v' });
    expect(ofAuth({ type: 'apiKey', header: 'X-Other' })).toEqual({ type: 'apiKey', header: 'X-Other' });
    expect(ofAuth({ type: 'bearer', token: 't' })).toEqual({ type: 'bearer', token: 't' });
    expect(fill({ request: { auth: { token: 't' } } }, standard).request.auth).toEqual({ token: 't' });
  });

  it('merges a body of its own format, lists apart, and is replaced by one of another', () => {
    const ofBody = (body: object) => fill({ request: { body } }).request.body;
    expect(ofBody({ rename: { d: 'e' } })).toEqual({ format: 'data', rename: { a: 'b', d: 'e' }, omit: ['c'] });
    expect(ofBody({ omit: [] })).toEqual({ format: 'data', rename: { a: 'b' }, omit: [] });
    expect(ofBody({ format: 'standard' })).toEqual({ format: 'standard' });
    const template: IntegrationProfile['settings'] = {
      ...standard,
      request: { ...standard.request, body: { format: 'template', template: '1', wrap: 'array' } },
    };
    expect(fill({ request: { body: { template: '2' } } }, template).request.body).toEqual({
      format: 'template',
      template: '2',
      wrap: 'array',
    });
  });

  it('merges headers, whose names are the same in any case, also where they are given as text', () => {
    for (const headers of [{ 'x-a': '1', C: '2' }, 'x-a: 1, C: 2']) {
      expect(fill({ request: { headers } }).request.headers).toEqual({ 'X-B': 'b', 'x-a': '1', C: '2' });
    }
    expect(fill({ request: { headers: 'no header' } }).request.headers).toBe('no header');
  });

  it('is replaced by an ordering of another mode', () => {
    expect(fill({ ordering: { mode: 'strict' } }).ordering).toEqual({ mode: 'strict' });
    expect(fill({ ordering: { key: '/id' } }).ordering).toEqual({ mode: 'by-key', key: '/id', maxConcurrency: 3 });
  });

  it('is replaced by delays of the other kind, and by a list of them', () => {
    const growing: IntegrationProfile['settings'] = {
      ...standard,
      retry: {
        exponential: { firstMs: 1, factor: 2, maxMs: 3, attempts: 4, jitter: 0 },
        onExhausted: 'block',
        stopOn: [],
        disableOn: [],
        retryAfterMaxMs: 0,
      },
    };
    expect(fill({ retry: { exponential: { firstMs: 9 } } }).retry).not.toHaveProperty('delaysMs');
    expect(fill({ retry: { stopOn: [400] } }, growing).retry).toMatchObject({ exponential: { firstMs: 1 } });
    expect(fill({ retry: { exponential: { firstMs: 2 } } }, growing).retry).toMatchObject({
      exponential: { firstMs: 2, attempts: 4 },
    });
    const list = fill({ retry: { delaysMs: [5] } }, growing).retry;
    expect(list).toMatchObject({ delaysMs: [5], onExhausted: 'block' });
    expect(list).not.toHaveProperty('exponential');
  });

  it('does not hide that both kinds of delays are given', () => {
    const both = { delaysMs: [1], exponential: { firstMs: 1 } };
    expect(fill({ retry: both }).retry).toMatchObject(both);
  });
});
