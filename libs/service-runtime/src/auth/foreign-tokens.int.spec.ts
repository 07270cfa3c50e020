import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, startThings, type Things, VIEWER_KEY } from '../things-stack.fake.js';
import { hashKey } from './principal.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const CLAIMS = {
  sub: 'ten_1',
  tenantId: 'ten_1',
  role: 'admin',
  keyId: 'key_viewer',
  iss: 'hookstile',
  aud: 'hookstile',
};
const PAST_S = 1_000_000_000;
const FUTURE_S = 4_000_000_000;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (header: object, claims: object = CLAIMS) => `${part({ typ: 'JWT', ...header })}.${part(claims)}`;
const byRsa = (header: object, claims?: object, key: KeyObject = privateKey) => {
  const text = unsigned({ alg: 'RS256', ...header }, claims);
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};
const byHmac = (secret: string, header: object = {}, claims?: object) => {
  const text = unsigned({ alg: 'HS256', ...header }, claims);
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
};

/** Keys are looked up, and nothing about them is believed: a token that says who it is for is a key that nobody has. */
const TOKENS: Readonly<Record<string, string>> = {
  'without a signature': `${unsigned({ alg: 'none' })}.`,
  'without a signature, in other letters': `${unsigned({ alg: 'nOnE' })}.`,
  'of an empty algorithm': `${unsigned({ alg: '' })}.`,
  'without its third part': unsigned({ alg: 'none' }),
  'with an empty claim': `${unsigned({ alg: 'none' }, {})}.`,
  'signed by a key of its own': byRsa({}),
  'that brings its key along': byRsa({ jwk: publicKey.export({ format: 'jwk' }) }),
  'that says where its keys are': byRsa({ jku: 'http://127.0.0.1:1/keys.json' }),
  'that says where its certificate is': byRsa({ x5u: 'http://127.0.0.1:1/cert.pem' }),
  'with a certificate': byRsa({ x5c: ['MIIB'] }),
  'of an unknown key id': byRsa({ kid: 'key_unknown' }),
  'with a path for a key id': byHmac('', { kid: '../../../../dev/null' }),
  'with a statement for a key id': byHmac('x', { kid: "' or '1'='1" }),
  'with a header that must be understood': byRsa({ crit: ['exp'], exp: PAST_S }),
  'of another issuer': byRsa({}, { ...CLAIMS, iss: 'https://example.com' }),
  'for somebody else': byRsa({}, { ...CLAIMS, aud: ['others'] }),
  'that has expired': byRsa({}, { ...CLAIMS, exp: PAST_S }),
  'that is not valid yet': byRsa({}, { ...CLAIMS, nbf: FUTURE_S }),
  'signed by a public key as if it were a secret': byHmac(PEM),
  'signed by an empty secret': byHmac(''),
  "signed by a tenant's key": byHmac(VIEWER_KEY),
  "signed by the hash of a tenant's key": byHmac(hashKey(VIEWER_KEY)),
  "signed by the platform's key": byHmac(ADMIN_KEY),
  'signed by a word that is often taken': byHmac('secret'),
  'whose signature is cut off': byRsa({}).slice(0, -1),
  'of five parts': `${part({ alg: 'dir', enc: 'A256GCM' })}....`,
  'of many kilobytes': `${unsigned({ alg: 'none' }, { ...CLAIMS, more: 'x'.repeat(8_000) })}.`,
  'that is a hash': hashKey(VIEWER_KEY),
  "that has a tenant's key inside": `${unsigned({ alg: 'none', key: VIEWER_KEY })}.`,
};

describe('a token that is no key lets nobody in', () => {
  let things: Things;

  beforeAll(async () => {
    things = await startThings();
  });
  afterAll(() => things.close());

  it.each(Object.entries(TOKENS))('a token %s', async (_name, key) => {
    for (const headers of [{}, { 'hookstile-tenant': 'ten_1' }]) {
      const answer = await things.call('/v1/me', { key, headers });
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
    }
  });

  it('while a key is one', async () => {
    expect((await things.call('/v1/me', { key: VIEWER_KEY })).status).toBe(200);
  });
});
