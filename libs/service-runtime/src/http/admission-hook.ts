import type { Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { AuthenticatedRequest, Conditions } from '../auth/access.js';
import type { HeadCheck } from '../auth/head-check.js';
import type { Access } from '../auth/operations/operation.js';
import { ProblemError } from '../problems/problem.error.js';
import type { ProblemFilter } from '../problems/problem.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; one without it is refused to all. */
    access?: Access;
    /** What else is asked of the head of a request. */
    headCheck?: Type<HeadCheck> | undefined;
  }
}

export type Admit = (request: AuthenticatedRequest, reply: FastifyReply, conditions: Conditions) => Promise<void>;

/** So that a forgotten route is no hole. */
const nobodyMay = () => Promise.reject(new ProblemError('forbidden', 'nobody may do this'));

/**
 * Who calls is known before a body is looked at, on every route that is registered from now on: otherwise strangers could
 * fill the memory that is kept for bodies. Who waits for `100 Continue` is told so once it is let in; Node would tell
 * anybody. A route that does not exist is answered unread, too.
 */
export function admitBeforeBodies(instance: FastifyInstance, filter: ProblemFilter, admit: Admit): void {
  instance.addHook('onRoute', (route) => {
    const { access, headCheck } = route.config ?? {};
    const admitOne =
      access === undefined ? nobodyMay : (q: FastifyRequest, r: FastifyReply) => admit(q, r, { access, headCheck });
    const hook: onRequestHookHandler = (request, reply, done) => {
      admitOne(request, reply).then(
        () => {
          if (request.headers.expect !== undefined && request.raw.httpVersion === '1.1') reply.raw.writeContinue();
          done();
        },
        (error: unknown) => filter.answer(error, request, reply),
      );
    };
    route.onRequest = [...[route.onRequest ?? []].flat(), hook];
  });
  instance.addHook('onRequest', (request, reply, done) => {
    if (request.is404) filter.answerUnknownRoute(request, reply);
    else done();
  });
}
