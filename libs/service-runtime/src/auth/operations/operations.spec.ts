import type { Role } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import type { Access, OperationEntry } from './operation.js';
import { OPERATIONS } from './operations.js';

const roles = (needsTenant: boolean, ...allowed: Role[]): Access => ({ kind: 'roles', roles: allowed, needsTenant });

/** What is promised of each role, said once more and in other words than the table: by method and path. */
function promised({ method, path }: OperationEntry): Access {
  if (/^\/v1\/tenants(\/|$)/.test(path)) return { kind: 'platform' };
  if (path === '/v1/me') return roles(false, 'admin', 'editor', 'producer', 'viewer');
  if (/^\/v1\/profiles(\/|$)/.test(path)) return roles(false, 'admin', 'editor', 'viewer');
  if (/^\/v1\/api-keys(\/|$)/.test(path)) return roles(true, 'admin');
  if (method === 'GET') return roles(true, 'admin', 'editor', 'viewer');
  if (path === '/v1/events' || path === '/v1/decisions') return roles(true, 'admin', 'editor', 'producer');
  return roles(true, 'admin', 'editor');
}

const sorted = (access: Access): Access =>
  access.kind === 'roles' ? { ...access, roles: access.roles.toSorted() } : access;

describe('the table of operations', () => {
  it.each(Object.entries(OPERATIONS))('lets call %s whom the roles promise, and nobody else', (_id, operation) => {
    expect(sorted(operation.access)).toEqual(promised(operation));
  });

  it('has no route twice', () => {
    const routes = Object.values(OPERATIONS).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
    );
    expect(new Set(routes).size).toBe(routes.length);
  });
});
