import type { WrappedKey } from '@hookstile/contracts';
import { firstBuildsSecret } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { KeyRingError } from './key-ring.error.js';
import { KeyRing } from './key-ring.js';

const NOW_MS = Date.parse('2026-01-02T03:04:05.678Z');
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const OLD = `k1:${key(1)}`;
const NEW = `k2:${key(2)}`;
const OWNER = 'integration:int_1';

/** A tenant's secrets under a ring, with the wrapped key that gives them. */
function tenant(text = OLD, tenantId = 'ten_1') {
  const ring = KeyRing.parse(text);
  const wrapped = ring.newTenantKey(tenantId);
  return { ring, wrapped, secrets: ring.secretsOf(tenantId, wrapped) };
}

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KeyRingError) return error.code;
    throw error;
  }
  return 'none';
}

const shortened = (base64: string) => Buffer.from(base64, 'base64').subarray(1).toString('base64');
function altered(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe("a tenant's secrets", () => {
  it('are opened for the same owner, by whoever unwraps the same key', () => {
    const { ring, wrapped, secrets } = tenant();
    const sealed = secrets.seal('whsec_geheimnis', OWNER, NOW_MS);
    expect(sealed).toMatchObject({ keyId: 'ten_1', lastFour: 'mnis', updatedAt: '2026-01-02T03:04:05.678Z' });
    expect(ring.secretsOf('ten_1', wrapped).open(sealed, OWNER)).toBe('whsec_geheimnis');
  });

  it("are not opened for another owner, by another tenant's key, or altered", () => {
    const { secrets } = tenant();
    const sealed = secrets.seal('whsec_geheimnis', OWNER, NOW_MS);
    const { dataKey = { nonce: '', ciphertext: '' } } = sealed;
    expect(codeOf(() => secrets.open(sealed, 'integration:int_2'))).toBe('secret_unreadable');
    expect(codeOf(() => tenant().secrets.open(sealed, OWNER))).toBe('secret_unreadable');
    const broken = [
      { ...sealed, ciphertext: altered(sealed.ciphertext) },
      { ...sealed, ciphertext: shortened(sealed.ciphertext) },
      { ...sealed, ciphertext: '' },
      { ...sealed, dataKey: { ...dataKey, ciphertext: altered(dataKey.ciphertext) } },
      { ...sealed, dataKey: { ...dataKey, nonce: '' } },
    ];
    for (const each of broken) expect(codeOf(() => secrets.open(each, OWNER))).toBe('secret_unreadable');
  });

  it('each have a data key and nonces of their own', () => {
    const { secrets } = tenant();
    const sealed = Array.from({ length: 100 }, () => secrets.seal('s', OWNER, NOW_MS));
    const parts = sealed.flatMap(({ nonce, dataKey }) => [nonce, dataKey?.nonce, dataKey?.ciphertext]);
    expect(new Set(parts).size).toBe(300);
  });

  it('do not give away the end of a short secret', () => {
    expect(tenant().secrets.seal('pa55word', OWNER, NOW_MS).lastFour).toBe('');
  });

  it('may be empty, or not ASCII', () => {
    const { secrets } = tenant();
    for (const plain of ['', 'schlüssel €'])
      expect(secrets.open(secrets.seal(plain, OWNER, NOW_MS), OWNER)).toBe(plain);
  });

  it('of the first builds are opened by the ring itself', () => {
    const { secrets } = tenant(`${NEW},${OLD}`);
    expect(secrets.open(firstBuildsSecret(OLD, 'old secret', OWNER), OWNER)).toBe('old secret');
    expect(codeOf(() => tenant(NEW).secrets.open(firstBuildsSecret(OLD, 'x', OWNER), OWNER))).toBe('key_unknown');
    expect(codeOf(() => secrets.open(firstBuildsSecret(OLD, 'x', OWNER), 'o'))).toBe('secret_unreadable');
  });
});

describe('KeyRing', () => {
  it("unwraps a tenant's key for that tenant alone", () => {
    const { ring, wrapped } = tenant();
    expect(codeOf(() => ring.secretsOf('ten_2', wrapped))).toBe('secret_unreadable');
  });

  it('wraps the same key anew under its first key, and what it seals stays', () => {
    const { wrapped, secrets } = tenant(OLD);
    const sealed = secrets.seal('stays', OWNER, NOW_MS);
    const again: WrappedKey = KeyRing.parse(`${NEW},${OLD}`).rewrapped(wrapped, 'ten_1');
    expect(again.keyId).toBe('k2');
    expect(KeyRing.parse(NEW).secretsOf('ten_1', again).open(sealed, OWNER)).toBe('stays');
  });

  it('says that the key is gone when it left the ring', () => {
    const { wrapped } = tenant(OLD);
    expect(codeOf(() => KeyRing.parse(NEW).secretsOf('ten_1', wrapped))).toBe('key_unknown');
    expect(codeOf(() => KeyRing.parse(NEW).rewrapped(wrapped, 'ten_1'))).toBe('key_unknown');
  });

  it.each([[''], ['k1'], ['k1:short'], [`:${key(1)}`], [`${OLD},${OLD}`], [`k 1:${key(1)}`]])(
    'refuses the ring %s without repeating it',
    (text) => {
      expect(codeOf(() => KeyRing.parse(text))).toBe('key_ring_invalid');
      try {
        KeyRing.parse(text);
      } catch (error) {
        expect(String(error)).not.toContain(key(1));
      }
    },
  );
});
