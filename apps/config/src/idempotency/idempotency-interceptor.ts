import {
  type AuthenticatedRequest,
  type IdempotentRequest,
  idempotentRequestOf,
  OPERATION,
  OPERATIONS,
  type OperationId,
  principalOf,
  REPLAYED_HEADER,
} from '@hookstile/service-runtime';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { Answer, IdempotentRequests } from './idempotent-requests.js';

/** What answers of this service say in headers beside their bodies. */
const KEPT_HEADERS = ['location', 'etag', 'cache-control'];

/** Heeds the header Idempotency-Key of every POST of the service. */
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly requests: IdempotentRequests) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const asked = request.method === 'POST' ? requestOf(request, operationOf(context)) : null;
    if (!asked) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.answer(asked, reply, next));
  }

  private async answer(request: IdempotentRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    try {
      const { answer, replayed } = await this.requests.answer(request, async () =>
        answerOf(reply, await lastValueFrom(next.handle())),
      );
      if (replayed) reply.status(answer.status).headers({ ...answer.headers, [REPLAYED_HEADER]: 'true' });
      return answer.body;
    } catch (error) {
      // The handler may have been done, and the change may be stored and not yet published: that is no answer of its own.
      for (const name of KEPT_HEADERS) reply.removeHeader(name);
      throw error;
    }
  }
}

function operationOf(context: ExecutionContext): OperationId {
  return Reflect.getMetadata(OPERATION, context.getHandler());
}

function requestOf(request: AuthenticatedRequest, operation: OperationId): IdempotentRequest | null {
  // The platform may name a tenant where it means none.
  const isOfNoTenant = OPERATIONS[operation].access.kind === 'platform';
  return idempotentRequestOf(request, isOfNoTenant ? null : principalOf(request).tenantId);
}

function answerOf(reply: FastifyReply, body: unknown): Answer {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return { status: reply.statusCode, headers: Object.fromEntries(headers), body };
}
