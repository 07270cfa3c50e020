import type { Role } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import { ACCESS, type Access, Allow, AnyKey, PlatformOnly } from './access.js';
import { checkAccess } from './auth.guard.js';
import type { Principal } from './principal.js';

const tenantKey = (role: Role): Principal => ({ type: 'api_key', tenantId: 'ten_1', role, keyId: 'k', keyName: 'n' });
const platform = (tenantId: string | null): Principal => ({
  type: 'platform',
  tenantId,
  role: 'platform',
  keyId: null,
  keyName: null,
});

class Routes {
  @Allow('viewer', 'editor')
  read() {}

  @PlatformOnly()
  tenants() {}

  @AnyKey()
  me() {}
}

const accessOf = (name: keyof Routes): Access => Reflect.getMetadata(ACCESS, Routes.prototype[name]);

describe('access', () => {
  it("admits the roles of the route and refuses the tenant's others", () => {
    expect(() => checkAccess(accessOf('read'), tenantKey('viewer'))).not.toThrow();
    expect(() => checkAccess(accessOf('read'), tenantKey('producer'))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('always admits the platform for the tenant it names, and asks for one', () => {
    expect(() => checkAccess(accessOf('read'), platform('ten_1'))).not.toThrow();
    expect(() => checkAccess(accessOf('read'), platform(null))).toThrow(
      expect.objectContaining({ code: 'tenant_required' }),
    );
  });

  it('admits the platform alone where it is named, without a tenant', () => {
    expect(() => checkAccess(accessOf('tenants'), platform(null))).not.toThrow();
    expect(() => checkAccess(accessOf('tenants'), tenantKey('admin'))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  it('admits any key where the route says so', () => {
    expect(() => checkAccess(accessOf('me'), platform(null))).not.toThrow();
    expect(() => checkAccess(accessOf('me'), tenantKey('producer'))).not.toThrow();
  });
});
