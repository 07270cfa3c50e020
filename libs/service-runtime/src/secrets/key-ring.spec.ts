import { describe, expect, it } from 'vitest';
import { KeyRing, KeyRingError } from './key-ring.js';

const NOW_MS = Date.parse('2026-01-02T03:04:05.678Z');
const key = (fill: number) => Buffer.alloc(32, fill).toString('base64');
const OLD = `k1:${key(1)}`;
const NEW = `k2:${key(2)}`;

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KeyRingError) return error.code;
    throw error;
  }
  return 'none';
}

describe('KeyRing', () => {
  it('opens what it sealed, for the same owner', () => {
    const ring = KeyRing.parse(OLD);
    const sealed = ring.seal('whsec_geheimnis', 'integration:int_1', NOW_MS);
    expect(sealed).toMatchObject({ keyId: 'k1', lastFour: 'mnis', updatedAt: '2026-01-02T03:04:05.678Z' });
    expect(ring.open(sealed, 'integration:int_1')).toBe('whsec_geheimnis');
  });

  it("does not open another owner's secret", () => {
    const ring = KeyRing.parse(OLD);
    const sealed = ring.seal('whsec_geheimnis', 'integration:int_1', NOW_MS);
    expect(codeOf(() => ring.open(sealed, 'integration:int_2'))).toBe('secret_unreadable');
  });

  it('does not open an altered or shortened ciphertext', () => {
    const ring = KeyRing.parse(OLD);
    const sealed = ring.seal('whsec_geheimnis', 'o', NOW_MS);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(codeOf(() => ring.open({ ...sealed, ciphertext: bytes.toString('base64') }, 'o'))).toBe('secret_unreadable');
    expect(codeOf(() => ring.open({ ...sealed, ciphertext: '' }, 'o'))).toBe('secret_unreadable');
  });

  it('opens secrets of an older key after the ring was rotated, and seals under the new one', () => {
    const sealed = KeyRing.parse(OLD).seal('old secret', 'o', NOW_MS);
    const rotated = KeyRing.parse(`${NEW},${OLD}`);
    expect(rotated.open(sealed, 'o')).toBe('old secret');
    expect(rotated.seal('new secret', 'o', NOW_MS).keyId).toBe('k2');
  });

  it('says that the key is gone when it left the ring', () => {
    const sealed = KeyRing.parse(OLD).seal('old secret', 'o', NOW_MS);
    expect(codeOf(() => KeyRing.parse(NEW).open(sealed, 'o'))).toBe('key_unknown');
  });

  it('never uses a nonce twice', () => {
    const ring = KeyRing.parse(OLD);
    const nonces = new Set(Array.from({ length: 100 }, () => ring.seal('s', 'o', NOW_MS).nonce));
    expect(nonces.size).toBe(100);
  });

  it('does not give away the end of a short secret', () => {
    expect(KeyRing.parse(OLD).seal('pa55word', 'o', NOW_MS).lastFour).toBe('');
  });

  it('keeps an empty secret and one that is not ASCII', () => {
    const ring = KeyRing.parse(OLD);
    for (const plain of ['', 'schlüssel €']) expect(ring.open(ring.seal(plain, 'o', NOW_MS), 'o')).toBe(plain);
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
