import { integrationSettings } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { profileFile } from '../profiles/profile-file.fake.js';
import type { Integration } from './integration.decider.js';
import { integrationDocument } from './integration-view.js';
import { changesProfile, withoutProfile } from './profile-change.js';

const { settings: standard } = profileFile();
const secret = { keyId: 'k1', nonce: '', ciphertext: '', lastFour: '', updatedAt: '' };
const masked = { set: true, lastFour: '', updatedAt: '' };

const documentOf = (overrides: Parameters<typeof integrationSettings>[0] = {}) => {
  const asProfiled = { retry: standard.retry };
  const settings = integrationSettings({ ...asProfiled, ...overrides });
  return integrationDocument({ settings, state: 'enabled' } as Integration);
};
const { request } = integrationSettings();
const signed = { ...request, sign: { ...standard.request.sign, secret } };

describe('a change of the profile', () => {
  it('is asked for by another name, or by null for the default', () => {
    const document = documentOf();
    expect(changesProfile(document, { profile: 'other' })).toBe(true);
    expect(changesProfile({ ...document, profile: 'other' }, { profile: null })).toBe(true);
    for (const patch of [{}, { profile: 'standard-webhooks' }, { profile: null }, null, []]) {
      expect(changesProfile(document, patch), JSON.stringify(patch)).toBe(false);
    }
  });

  it('leaves nothing of what the old one had filled', () => {
    const left = { request: { tls: {} }, batch: {}, retry: {} };
    const own = {
      name: 'SIEM',
      profile: 'standard-webhooks',
      url: 'https://example.com/hook',
      enabled: true,
    };
    expect(withoutProfile(documentOf({ request: signed }), standard)).toEqual({ ...own, ...left });
  });

  it('keeps what a user had set to something else', () => {
    const document = documentOf({
      eventTypes: ['a'],
      disableAfter: null,
      batch: { maxItems: 9, maxWaitMs: 0 },
      retry: { ...standard.retry, delaysMs: [1] },
      ordering: { mode: 'unordered', maxConcurrency: 2 },
      request: {
        ...signed,
        headers: { 'X-A': secret },
        auth: { type: 'bearer', token: secret },
        body: { format: 'data' },
        sign: { scheme: 'none', algorithm: 'hmac-sha256', secret: null },
        tls: { verify: false },
      },
    });
    expect(withoutProfile(document, standard)).toMatchObject({
      eventTypes: ['a'],
      disableAfter: null,
      batch: { maxItems: 9 },
      retry: { delaysMs: [1] },
      ordering: { mode: 'unordered', maxConcurrency: 2 },
      request: {
        headers: { 'X-A': masked },
        auth: { type: 'bearer', token: masked },
        body: { format: 'data', rename: {}, omit: [] },
        sign: { scheme: 'none' },
        tls: { verify: false },
      },
    });
  });
});
