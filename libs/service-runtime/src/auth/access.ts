import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata, type Type } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { HeadCheck } from './head-check.js';
import type { Access } from './operations/operation.js';
import { OPERATIONS, type OperationId } from './operations/operations.js';
import type { Principal } from './principal.js';

/** What a route asks of who calls it, all of it before the body. */
export interface Conditions {
  access: Access;
  headCheck?: Type<HeadCheck> | undefined;
}

/** Where a route's operation id stands, for the test that compares routes with the table. */
export const OPERATION = Symbol('Operation');

/** Says who may call a route that is in no table, such as a test's own. It is for the admission hook, before the body. */
export const Guarded = (access: Access, headCheck?: Type<HeadCheck>) => RouteConfig({ access, headCheck });

/**
 * Says which operation a route is. Who may call it follows from the table (auth/operations).
 * @param headCheck a provider of the app, asked of each request that is admitted, before its body is read
 */
export const Operation = (id: OperationId, headCheck?: Type<HeadCheck>) =>
  applyDecorators(SetMetadata(OPERATION, id), Guarded(OPERATIONS[id].access, headCheck));

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
