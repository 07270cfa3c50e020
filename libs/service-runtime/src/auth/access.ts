import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { Access } from './operations/operation.js';
import { OPERATIONS, type OperationId } from './operations/operations.js';
import type { Principal } from './principal.js';

/** Where a route's operation id stands, for the test that compares routes with the table. */
export const OPERATION = Symbol('Operation');

/** Says who may call a route that is in no table, such as a test's own. It is for the admission hook, before the body. */
export const Guarded = (access: Access) => RouteConfig({ access });

/** Says which operation a route is. Who may call it follows from the table (auth/operations). */
export const Operation = (id: OperationId) =>
  applyDecorators(SetMetadata(OPERATION, id), Guarded(OPERATIONS[id].access));

/** Where the admission leaves the principal on a request. */
export const PRINCIPAL = Symbol('Principal');

export interface AuthenticatedRequest extends FastifyRequest {
  [PRINCIPAL]?: Principal;
}

/** The principal of a request that was admitted. */
export function principalOf(request: AuthenticatedRequest): Principal {
  const principal = request[PRINCIPAL];
  if (!principal) throw new Error('the route has no principal');
  return principal;
}

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
