import type { Role } from '@hookstile/contracts';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Principal } from './principal.js';

/** Who may call a route: these roles of the tenant and the platform acting for a tenant. */
export interface TenantAccess {
  kind: 'tenant';
  roles: ReadonlySet<Role>;
}

export type Access =
  | TenantAccess
  /** The platform key only, with or without a tenant. */
  | { kind: 'platform' }
  /** Any valid key; the platform needs no tenant. */
  | { kind: 'any-key' }
  | { kind: 'public' };

export const ACCESS = Symbol('Access');

/** The tenant's roles that may call the route; the platform always may, for the tenant it names. */
export const Allow = (...roles: Role[]) =>
  SetMetadata(ACCESS, { kind: 'tenant', roles: new Set(roles) } satisfies Access);

/** Only the platform key may call the route. */
export const PlatformOnly = () => SetMetadata(ACCESS, { kind: 'platform' } satisfies Access);

/** Any valid key may call the route; the platform key needs no tenant there. */
export const AnyKey = () => SetMetadata(ACCESS, { kind: 'any-key' } satisfies Access);

/** The route needs no key. */
export const Public = () => SetMetadata(ACCESS, { kind: 'public' } satisfies Access);

/** Where the guard leaves the principal on a request. */
export const PRINCIPAL = Symbol('Principal');

export interface AuthenticatedRequest extends FastifyRequest {
  [PRINCIPAL]?: Principal;
}

/** The principal of a request that the guard let pass. */
export function principalOf(request: AuthenticatedRequest): Principal {
  const principal = request[PRINCIPAL];
  if (!principal) throw new Error('the route is public and has no principal');
  return principal;
}

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
