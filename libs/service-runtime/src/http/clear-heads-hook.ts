import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ProblemFilter } from '../problems/problem.filter.js';
import type { BoundedConnections } from './bounded-connections.js';
import { clearHeadsOf } from './clear-heads.js';

/**
 * Refuses what is unclear or too much of a head, before anything else looks at the request. Who waits to be told to
 * continue is a request as any other here: the admission tells him, where Node would tell anybody.
 */
export function refuseUnclearHeads(
  instance: FastifyInstance,
  connections: BoundedConnections,
  filter: ProblemFilter,
): void {
  const { server } = instance;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  const problemOf = clearHeadsOf(server, connections);
  instance.addHook('onRequest', (request, reply, done) => {
    const problem = problemOf(request.raw);
    if (problem === null) return done();
    if (connections.isClosing(request.raw)) reply.header('connection', 'close');
    filter.answer(problem, request, reply);
  });
}
