import { describe, expect, it } from 'vitest';
import { patchIntegration } from './integration-patch.js';

const secret = { set: true, lastFour: '', updatedAt: '2026-01-02T03:04:05.678Z' };
const document = {
  name: 'a',
  disableAfter: 100,
  rateLimit: null,
  request: { headers: { 'X-A': secret, 'X-B': secret }, auth: { type: 'bearer', token: secret }, timeoutMs: 15_000 },
};

describe('a patch of an integration', () => {
  it('replaces a header given in another case, and removes one by null in any case', () => {
    const patched = patchIntegration(document, { request: { headers: { 'x-a': 'new', 'x-b': null } } });
    expect(patched).toMatchObject({ request: { headers: { 'x-a': 'new' } } });
    expect(patched).not.toHaveProperty('request.headers.X-A');
    expect(patched).not.toHaveProperty('request.headers.X-B');
  });

  it('replaces an auth by one of another type, and merges one of the same', () => {
    const basic = { type: 'basic', username: 'u', password: 'p' };
    expect(patchIntegration(document, { request: { auth: basic } })).toHaveProperty('request.auth', basic);
    const same = patchIntegration(document, { request: { auth: { type: 'bearer' } } });
    expect(same).toHaveProperty('request.auth', { type: 'bearer', token: secret });
  });

  it('leaves what a rotation left, and ends it by null', () => {
    const signed = { request: { sign: { secret, publicKey: 'whpk_', previous: { secret } } } };
    expect(patchIntegration(signed, {})).toEqual({ request: { sign: { secret, previous: { secret } } } });
    const patch = { request: { sign: { previous: null } } };
    expect(patchIntegration(signed, patch)).toEqual({ request: { sign: { secret, previous: null } } });
  });

  it('replaces an ordering of another mode, and delays of the other kind', () => {
    const sending = { ordering: { mode: 'by-key', key: '/subject' }, retry: { delaysMs: [1], stopOn: [422] } };
    const growing = { retry: { exponential: { firstMs: 1 } } };
    expect(patchIntegration(sending, { ordering: { mode: 'strict' } })).toMatchObject({ ordering: { mode: 'strict' } });
    expect(patchIntegration(sending, { ordering: { mode: 'strict' } })).not.toHaveProperty('ordering.key');
    expect(patchIntegration(sending, { ordering: { maxConcurrency: 2 } })).toHaveProperty('ordering.key', '/subject');
    expect(patchIntegration(sending, growing)).toEqual({
      ...sending,
      retry: { stopOn: [422], exponential: { firstMs: 1 } },
    });
  });

  it('replaces a body of another format, and merges one of the same', () => {
    const renamed = { request: { body: { format: 'data', rename: { a: 'b' }, omit: [] } } };
    const template = { format: 'template', template: '1' };
    expect(patchIntegration(renamed, { request: { body: template } })).toHaveProperty('request.body', template);
    const merged = patchIntegration(renamed, { request: { body: { rename: { a: null, c: 'd' } } } });
    expect(merged).toHaveProperty('request.body', { format: 'data', rename: { c: 'd' }, omit: [] });
  });

  it('removes members of the TLS settings by null, and forgets the public key of an older secret', () => {
    const signed = { scheme: 'standard-webhooks', algorithm: 'ed25519', secret };
    const tls = { verify: false, ca: 'PEM', clientCertificate: 'PEM', clientKey: secret };
    const before = { request: { sign: { ...signed, publicKey: 'whpk_x' }, tls } };
    const patched = patchIntegration(before, { request: { tls: { clientCertificate: null, clientKey: null } } });
    expect(patched).toEqual({ request: { sign: signed, tls: { verify: false, ca: 'PEM' } } });
  });

  it('takes null for "never" where that is a value, and for "the default" elsewhere', () => {
    const patched = patchIntegration(document, { disableAfter: null, request: { timeoutMs: null } });
    expect(patched).toHaveProperty('disableAfter', null);
    expect(patched).not.toHaveProperty('request.timeoutMs');
  });

  it('leaves the document as it was, and hands on what is no object', () => {
    const before = structuredClone(document);
    patchIntegration(document, { request: { headers: { 'x-a': 'new' } } });
    expect(document).toEqual(before);
    expect(patchIntegration(document, ['x'])).toEqual(['x']);
  });
});
