import { type Configuration, secretOwner, type TenantKeyConfiguration } from '@hookstile/contracts';
import { KeyRing } from '@hookstile/service-runtime';
import { aTenantKey, firstBuildsSecret } from '@hookstile/testing';
import { beforeEach, expect, it } from 'vitest';
import { TenantSecretOpener } from './tenant-secret-opener.js';

const OLD = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const NEW = `k2:${Buffer.alloc(32, 2).toString('base64')}`;
const OWNER = secretOwner('integration', 'int_1');

const ring = KeyRing.parse(`${NEW},${OLD}`);
const wrapped = KeyRing.parse(OLD).newTenantKey('ten_1');
const sealed = ring.secretsOf('ten_1', wrapped).seal('a secret', OWNER, 0);

let known: TenantKeyConfiguration | undefined;
let tell: (configuration: Configuration) => void;
let opener: TenantSecretOpener;

/** The projection takes a record in, and tells of it. */
function write(key: TenantKeyConfiguration): void {
  known = key;
  tell(key);
}

beforeEach(() => {
  known = undefined;
  opener = new TenantSecretOpener(ring, {
    tenantKey: () => known,
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
});

it("opens by the tenant's key, as soon as it is known", () => {
  expect(() => opener.open(sealed, OWNER, 'ten_1')).toThrow('no key of the tenant');
  write(aTenantKey('ten_1', wrapped));
  expect(opener.open(sealed, OWNER, 'ten_1')).toBe('a secret');
  expect(opener.size).toBe(1);
});

it('goes on while the key is wrapped anew', () => {
  write(aTenantKey('ten_1', wrapped));
  opener.open(sealed, OWNER, 'ten_1');
  write(aTenantKey('ten_1', ring.rewrapped(wrapped, 'ten_1'), { version: 2 }));
  expect(opener.size).toBe(0);
  expect(opener.open(sealed, OWNER, 'ten_1')).toBe('a secret');
});

it('opens nothing more once the tenant is deleted, and keeps no key of it', () => {
  write(aTenantKey('ten_1', wrapped));
  opener.open(sealed, OWNER, 'ten_1');
  write(aTenantKey('ten_1', null, { version: 2 }));
  expect(() => opener.open(sealed, OWNER, 'ten_1')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('deleted'), retryable: false }),
  );
  expect(opener.size).toBe(0);
});

it.each([
  ['whose record is late', null],
  ['that stands under a key which the ring lacks', KeyRing.parse(`k9:${'A'.repeat(43)}=`).newTenantKey('ten_1')],
  ['that the key of this name does not open', { ...wrapped, keyId: 'k2' }],
])('ends no delivery for good by a key %s, and opens once it is right', (_, late) => {
  if (late) write(aTenantKey('ten_1', late));
  expect(() => opener.open(sealed, OWNER, 'ten_1')).toThrow(
    expect.objectContaining({ code: 'request_unbuildable', retryable: true }),
  );
  write(aTenantKey('ten_1', wrapped, { version: 2 }));
  expect(opener.open(sealed, OWNER, 'ten_1')).toBe('a secret');
});

it('may open later what stands under a key of the first builds that the ring lacks', () => {
  const secret = { ...firstBuildsSecret(OLD, 'old', OWNER), keyId: 'k9' };
  expect(() => opener.open(secret, OWNER, 'ten_1')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('no key k9'), retryable: true }),
  );
});

it('opens secrets of the first builds without a key of the tenant', () => {
  expect(opener.open(firstBuildsSecret(OLD, 'old', OWNER), OWNER, 'ten_1')).toBe('old');
});
