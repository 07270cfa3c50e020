import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem.error.js';
import type { ProblemFilter } from '../problems/problem.filter.js';
import type { BoundedConnections } from './bounded-connections.js';
import { HEADERS_MAX_COUNT, hasTooManyHeaders, unclearIn } from './unclear-head.js';

function problemOf({ raw, url }: FastifyRequest): ProblemError | null {
  if (hasTooManyHeaders(raw)) {
    return new ProblemError('headers_too_large', `there are more than ${HEADERS_MAX_COUNT} headers`);
  }
  const unclear = unclearIn(raw);
  if (unclear !== null) return new ProblemError('malformed', unclear);
  // Postgres has no zero character in texts, so nothing can be found by an address that holds one.
  const isZeroInPath = url.includes('%00') && url.split('?', 1)[0]?.includes('%00');
  return isZeroInPath ? new ProblemError('malformed', 'the address holds a zero character') : null;
}

const behindAnother = () => new ProblemError('malformed', 'the request came behind one that is not HTTP/1.1');

/**
 * Refuses heads of requests that mean different things to different readers, or that nothing can be found by. What comes
 * behind one on its connection may be part of it: Node would serve that, although the answer closes the connection.
 */
export function refuseUnclearHeads(
  instance: FastifyInstance,
  connections: BoundedConnections,
  filter: ProblemFilter,
): void {
  instance.addHook('onRequest', (request, reply, done) => {
    const problem = connections.isClosing(request.raw) ? behindAnother() : problemOf(request);
    if (problem === null) return done();
    connections.closeBehindAnswers(request.raw.socket);
    reply.header('connection', 'close');
    filter.answer(problem, request, reply);
  });
}
