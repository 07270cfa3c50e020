import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Access } from './operations/operation.js';
import { OPERATIONS, type OperationId } from './operations/operations.js';
import type { Principal } from './principal.js';

/** Where a route's access stands for the guard. */
export const ACCESS = Symbol('Access');
/** Where a route's operation id stands, for the test that compares routes with the table. */
export const OPERATION = Symbol('Operation');

/** Opens a route that is in no table, such as a test's own. */
export const Guarded = (access: Access) => SetMetadata(ACCESS, access);

/** Says which operation a route is. Who may call it follows from the table (auth/operations). */
export const Operation = (id: OperationId) =>
  applyDecorators(SetMetadata(OPERATION, id), Guarded(OPERATIONS[id].access));

/** Where the guard leaves the principal on a request. */
export const PRINCIPAL = Symbol('Principal');

export interface AuthenticatedRequest extends FastifyRequest {
  [PRINCIPAL]?: Principal;
}

/** The principal of a request that the guard let pass. */
export function principalOf(request: AuthenticatedRequest): Principal {
  const principal = request[PRINCIPAL];
  if (!principal) throw new Error('the route has no principal');
  return principal;
}

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<AuthenticatedRequest>()),
);
