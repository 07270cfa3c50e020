import type { Signing } from '@hookstile/contracts';
import { FIXED_NOW, seededRandomBytes } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { InputErrors } from '../input/input-errors.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import { fakeTenantSecrets } from '../tenant-keys/tenant-secrets.fake.js';
import { type SignSettings, signDocument, signSettings } from './sign-settings.js';

type Given = Parameters<typeof signSettings>[0];

const secrets = fakeTenantSecrets();
const HMAC = { scheme: 'standard-webhooks', algorithm: 'hmac-sha256' } as const;
const ED25519 = { scheme: 'standard-webhooks', algorithm: 'ed25519' } as const;
const WHSK = `whsk_${Buffer.alloc(32, 7).toString('base64')}`;
const MASKED = { set: true };

function run(given: Given, current: Signing | null = null, seed = 'secrets') {
  const errors = new InputErrors();
  const sealer = new SecretSealer(secrets, 'owner', Date.parse(FIXED_NOW), errors);
  const place = { pointer: '/request', sealer, errors };
  return { errors, made: signSettings(given, current, place, seededRandomBytes(seed)) };
}
const make = (given: Given, current: Signing | null = null, seed?: string): SignSettings => {
  const { errors, made } = run(given, current, seed);
  errors.throwIfAny();
  return made;
};
const codesOf = (given: Given, current: Signing | null = null) =>
  run(given, current).errors.list.map(({ pointer, code }) => [pointer, code]);
const secretOf = ({ sign }: SignSettings) => sign.secret && secrets.open(sign.secret, 'owner');

describe('signing by ed25519', () => {
  it('makes a key pair, seals the private key and shows the public one alone', () => {
    const made = make(ED25519);
    expect(secretOf(made)).toMatch(/^whsk_[A-Za-z0-9+/]{86}==$/);
    expect(made.sign.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
    expect(made.newSecret).toBeNull();
    expect(signDocument(made.sign)).toMatchObject({
      publicKey: made.sign.publicKey,
      secret: { set: true, lastFour: expect.any(String) },
    });
    expect(JSON.stringify(signDocument(made.sign))).not.toContain('ciphertext');
  });

  it("takes a user's own key, and refuses one of another form", () => {
    const made = make({ ...ED25519, secret: WHSK });
    expect(secretOf(made)?.startsWith(WHSK.slice(0, 40))).toBe(true);
    const whsec = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(codesOf({ ...ED25519, secret: whsec })).toEqual([['/request/sign/secret', 'signing_secret']]);
    expect(codesOf({ ...HMAC, secret: WHSK })).toEqual([['/request/sign/secret', 'signing_secret']]);
  });

  it('keeps its key while nothing is said of it, or what was read is said again', () => {
    const { sign } = make(ED25519);
    expect(make(ED25519, sign, 'other')).toEqual({ sign, newSecret: null });
    const again = { ...ED25519, secret: MASKED, publicKey: sign.publicKey ?? '' };
    expect(make(again, sign, 'other')).toEqual({ sign, newSecret: null });
    expect(make({ ...ED25519, secret: secretOf({ sign, newSecret: null }) }, sign, 'other').sign).toEqual(sign);
  });

  it('gets a key pair of its own where it was signed by HMAC before, and the other way round', () => {
    const hmac = make(HMAC).sign;
    const ed25519 = make({ ...ED25519, secret: MASKED }, hmac);
    expect(secretOf(ed25519)).toMatch(/^whsk_/);
    const back = make({ ...HMAC, secret: MASKED }, ed25519.sign, 'other');
    expect(back.newSecret).toMatch(/^whsec_/);
    expect(back.sign).not.toHaveProperty('publicKey');
  });

  it('takes no public key but the one that follows from the secret', () => {
    const { sign } = make(ED25519);
    expect(codesOf({ ...ED25519, publicKey: 'whpk_other' }, sign)).toEqual([['/request/sign/publicKey', 'read_only']]);
    expect(codesOf({ ...HMAC, publicKey: 'whpk_other' })).toEqual([['/request/sign/publicKey', 'read_only']]);
  });
});

describe('what a rotation left', () => {
  const before = make(HMAC, null, 'before').sign;
  const { sign } = make(HMAC);
  const rotated: Signing = before.secret
    ? { ...sign, previous: { secret: before.secret, until: '2026-01-03T03:04:05.678Z' } }
    : sign;
  const { previous } = signDocument(rotated);

  it('reads back without the secret', () => {
    expect(previous).toEqual({
      secret: { set: true, lastFour: expect.any(String), updatedAt: FIXED_NOW },
      until: expect.any(String),
    });
  });

  it('stays while nothing is said of it, what was read is said again, or the same secret is given', () => {
    const whsec = secretOf({ sign, newSecret: null });
    for (const given of [{}, { secret: MASKED, previous: previous ?? null }, { secret: whsec }]) {
      expect(make({ ...HMAC, ...given }, rotated, 'other')).toEqual({ sign: rotated, newSecret: null });
    }
  });

  it('ends at once by null, by a secret of the user, by another algorithm and where signing is turned off', () => {
    expect(make({ ...HMAC, previous: null }, rotated).sign).toEqual(sign);
    const whsec = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const read = { secret: MASKED, previous: previous ?? null };
    for (const given of [
      { ...HMAC, ...read, secret: whsec },
      { ...ED25519, ...read },
      { ...HMAC, ...read, scheme: 'none' },
    ] as const) {
      expect(make(given, rotated).sign).not.toHaveProperty('previous');
    }
  });

  it('cannot be given otherwise', () => {
    const codes = [['/request/sign/previous', 'read_only']];
    expect(codesOf({ ...HMAC, previous: { ...previous, until: '2036-01-03T03:04:05.678Z' } }, rotated)).toEqual(codes);
    expect(codesOf({ ...HMAC, previous: previous ?? null }, sign)).toEqual(codes);
    expect(codesOf({ ...HMAC, previous: previous ?? null })).toEqual(codes);
  });
});

describe('signing', () => {
  it('can keep nothing where nothing is stored', () => {
    expect(codesOf({ ...HMAC, secret: MASKED })).toEqual([['/request/sign/secret', 'not_set']]);
  });

  it('forgets the secret when it is turned off, and makes a new one when it is turned on again', () => {
    const { sign } = make(HMAC);
    const off = make({ scheme: 'none', algorithm: 'hmac-sha256', secret: MASKED }, sign);
    expect(off).toEqual({ sign: { scheme: 'none', algorithm: 'hmac-sha256', secret: null }, newSecret: null });
    expect(make(HMAC, off.sign, 'other').newSecret).toMatch(/^whsec_/);
  });
});
