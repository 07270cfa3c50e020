import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/access.js';
import type { Access } from '../auth/operations/operation.js';
import { ProblemError } from '../problems/problem.error.js';
import type { ProblemFilter } from '../problems/problem.filter.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route; `open`: whoever reaches it. A route without one is refused to all. */
    access?: Access | 'open';
  }
}

export type Admit = (request: AuthenticatedRequest, reply: FastifyReply, access: Access) => Promise<void>;

async function admitted(request: FastifyRequest, reply: FastifyReply, admit: Admit): Promise<void> {
  const { access } = request.routeOptions.config;
  if (access === 'open') return;
  // So that a forgotten route is no hole.
  if (access === undefined) throw new ProblemError('forbidden', 'nobody may do this');
  await admit(request, reply, access);
}

/**
 * Who calls is known before a body is looked at, on every route: otherwise strangers could fill the memory that is kept
 * for bodies. Also a route that does not exist is answered unread.
 */
export function admitBeforeBodies(instance: FastifyInstance, filter: ProblemFilter, admit: Admit): void {
  instance.addHook('onRequest', (request, reply, done) => {
    if (request.is404) return filter.answerUnknownRoute(request, reply);
    admitted(request, reply, admit).then(
      () => done(),
      (error: unknown) => filter.answer(error, request, reply),
    );
  });
}
