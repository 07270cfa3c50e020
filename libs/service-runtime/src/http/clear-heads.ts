import type { IncomingMessage, Server, ServerResponse } from 'node:http';
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
const crowded = () =>
  new ProblemError('rate_limited', 'the connection waits for too many answers at once', { retryAfterSeconds: 1 });
const unknownExpectation = () =>
  new ProblemError('expectation_failed', 'the header Expect can hold nothing but 100-continue');

/**
 * Refuses heads of requests that mean different things to different readers, or that nothing can be found by. What comes
 * behind one on its connection may be part of it: Node would serve that, although the answer closes the connection.
 * Beside these: expectations that nobody knows, and what a connection asks beyond what it may at once.
 */
export function refuseUnclearHeads(
  instance: FastifyInstance,
  connections: BoundedConnections,
  filter: ProblemFilter,
): void {
  const unexpected = expectations(instance.server);
  instance.addHook('onRequest', (request, reply, done) => {
    const unclear = connections.isClosing(request.raw) ? behindAnother() : problemOf(request);
    if (unclear !== null) {
      connections.closeBehindAnswers(request.raw.socket);
      reply.header('connection', 'close');
      filter.answer(unclear, request, reply);
    } else if (connections.isCrowded(request.raw)) filter.answer(crowded(), request, reply);
    else if (unexpected.has(request.raw)) filter.answer(unknownExpectation(), request, reply);
    else done();
  });
}

/** Takes what Node would answer by itself: requests to continue, and with what nobody expects, which it returns. */
function expectations(server: Server): WeakSet<IncomingMessage> {
  const unknown = new WeakSet<IncomingMessage>();
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unknown.add(request);
    server.emit('request', request, response);
  });
  return unknown;
}
