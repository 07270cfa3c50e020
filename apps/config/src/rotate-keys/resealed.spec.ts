import { secretOwner } from '@hookstile/contracts';
import { KeyRing, KeyRingError } from '@hookstile/service-runtime';
import { firstBuildsSecret } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { resealed } from './resealed.js';

const KEY = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const OWNER = secretOwner('integration', 'int_1');
const ring = KeyRing.parse(KEY);
const secrets = ring.secretsOf('ten_1', ring.newTenantKey('ten_1'));

it('seals what the first builds sealed, wherever it stands, and leaves all else as it is', () => {
  const old = firstBuildsSecret(KEY, 'old', OWNER);
  const settings = { name: 'x', list: [{ secret: old }], newer: secrets.seal('new', OWNER, 0), none: null, n: 1 };
  const after = resealed(settings, secrets, OWNER);
  expect({ ...after, list: [] }).toEqual({ ...settings, list: [] });
  const [{ secret } = { secret: old }] = after.list;
  expect(secret).toMatchObject({ keyId: 'ten_1', updatedAt: old.updatedAt, lastFour: old.lastFour });
  expect(secrets.open(secret, OWNER)).toBe('old');
});

it("fails for a secret that the ring cannot open, or another owner's", () => {
  const other = firstBuildsSecret(KEY, 'old', secretOwner('integration', 'int_2'));
  expect(() => resealed({ other }, secrets, OWNER)).toThrow(KeyRingError);
});
