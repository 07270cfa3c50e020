import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import { signatureOf, signingKeyOf } from './standard-webhooks-signature.js';

/** RFC 8032, section 7.1, test 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC_KEY = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const BODY = Buffer.from('{"n": 1.0, "ü": "\\u00e9"}');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

const whsk = (...parts: Buffer[]) => `whsk_${Buffer.concat(parts).toString('base64')}`;

/** What a receiver does that has nothing but the `whpk_` text. */
function verifies(whpk: string, signature: string, signed: string): boolean {
  const key = Buffer.concat([SPKI_HEAD, Buffer.from(whpk.slice('whpk_'.length), 'base64')]);
  const [version, encoded = ''] = signature.split(',');
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
  return version === 'v1a' && verify(null, Buffer.from(signed), publicKey, Buffer.from(encoded, 'base64'));
}

test.each([
  ['the seed alone', whsk(SEED)],
  ['the seed and the public key', whsk(SEED, PUBLIC_KEY)],
])('signs by ed25519 with %s so that the public key verifies id, timestamp and body', (_, secret) => {
  const signature = signatureOf(signingKeyOf('ed25519', secret), 'dlv_1', '1700000000', BODY);
  const whpk = `whpk_${PUBLIC_KEY.toString('base64')}`;
  expect(verifies(whpk, signature, `dlv_1.1700000000.${BODY}`)).toBe(true);
  for (const other of [`dlv_2.1700000000.${BODY}`, `dlv_1.1700000001.${BODY}`, `dlv_1.1700000000.${BODY} `]) {
    expect(verifies(whpk, signature, other)).toBe(false);
  }
});

test.each([
  ['ed25519', 'whsec_AAAA', /whsk_/],
  ['hmac-sha256', whsk(SEED), /whsec_/],
  ['hmac-sha256', 'whsec_not base64', /whsec_/],
  ['ed25519', 'whsk_AAAA', /32 or 64 bytes/],
  ['ed25519', whsk(SEED, SEED), /not one ed25519 key pair/],
] as const)('refuses for %s the secret %s', (algorithm, secret, message) => {
  expect(() => signingKeyOf(algorithm, secret)).toThrow(RequestUnbuildableError);
  expect(() => signingKeyOf(algorithm, secret)).toThrow(message);
});

test('never quotes a signing secret in an error', () => {
  expect(() => signingKeyOf('ed25519', 'whsec_s3cret')).toThrow(/^((?!s3cret).)*$/);
});
