import type { Role } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import { checkAccess } from './admission.js';
import { ANY_KEY, PLATFORM, READERS, READERS_OF_ALL } from './operations/operation.js';
import type { Principal } from './principal.js';

const tenantKey = (role: Role): Principal => ({ type: 'api_key', tenantId: 'ten_1', role, keyId: 'k', keyName: 'n' });
const platform = (tenantId: string | null): Principal => ({
  type: 'platform',
  tenantId,
  role: 'platform',
  keyId: null,
  keyName: null,
});

describe('access', () => {
  it("admits the roles of the route and refuses the tenant's others", () => {
    expect(() => checkAccess(READERS, tenantKey('viewer'))).not.toThrow();
    expect(() => checkAccess(READERS, tenantKey('producer'))).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('always admits the platform for the tenant it names, and asks for one', () => {
    expect(() => checkAccess(READERS, platform('ten_1'))).not.toThrow();
    expect(() => checkAccess(READERS, platform(null))).toThrow(expect.objectContaining({ code: 'tenant_required' }));
  });

  it('admits the platform alone where it is named, without a tenant', () => {
    expect(() => checkAccess(PLATFORM, platform(null))).not.toThrow();
    expect(() => checkAccess(PLATFORM, tenantKey('admin'))).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('asks the platform for no tenant where what is read belongs to none', () => {
    expect(() => checkAccess(READERS_OF_ALL, platform(null))).not.toThrow();
    expect(() => checkAccess(READERS_OF_ALL, tenantKey('producer'))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('admits any key where the route says so', () => {
    expect(() => checkAccess(ANY_KEY, platform(null))).not.toThrow();
    expect(() => checkAccess(ANY_KEY, tenantKey('producer'))).not.toThrow();
  });
});
