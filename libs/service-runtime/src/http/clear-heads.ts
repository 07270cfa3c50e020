import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ProblemError } from '../problems/problem.error.js';
import type { BoundedConnections } from './bounded-connections.js';
import { HEADERS_MAX_COUNT, hasTooManyHeaders, unclearIn } from './unclear-head.js';

/** The problem of a head that nobody is to be served by, or null. To be asked once for each request, before all else. */
export type ProblemOfHead = (request: IncomingMessage) => ProblemError | null;

/**
 * Finds heads of requests that mean different things to different readers, or that nothing can be found by. What comes
 * behind one on its connection may be part of it: Node would serve that, although the answer closes the connection. So
 * the connection serves nothing more, and the answer has to say that it closes.
 * Beside these: what a connection asks beyond what it may at once.
 */
export function clearHeadsOf(server: Server, connections: BoundedConnections): ProblemOfHead {
  const unexpected = unknownExpectations(server);
  return (request) => {
    const unclear = connections.isClosing(request) ? behindAnother() : (unclearHead(request) ?? unexpected(request));
    if (unclear === null) return connections.isCrowded(request) ? crowded() : null;
    connections.closeBehindAnswers(request.socket);
    return unclear;
  };
}

const behindAnother = () => new ProblemError('malformed', 'the request came behind one that is not HTTP/1.1');
const crowded = () =>
  new ProblemError('rate_limited', 'the connection waits for too many answers at once', { retryAfterSeconds: 1 });

function unclearHead(request: IncomingMessage): ProblemError | null {
  if (hasTooManyHeaders(request)) {
    return new ProblemError('headers_too_large', `there are more than ${HEADERS_MAX_COUNT} headers`);
  }
  const unclear = unclearIn(request);
  if (unclear !== null) return new ProblemError('malformed', unclear);
  const { url = '' } = request;
  // Postgres has no zero character in texts, so nothing can be found by an address that holds one.
  const isZeroInPath = url.includes('%00') && url.split('?', 1)[0]?.includes('%00');
  return isZeroInPath ? new ProblemError('malformed', 'the address holds a zero character') : null;
}

/**
 * Takes requests whose expectation nobody knows, which Node would answer by itself, past all that bounds requests. Whether
 * the body follows on such an answer is each client's guess, so that nobody knows where the next request begins.
 */
function unknownExpectations(server: Server): ProblemOfHead {
  const unknown = new WeakSet<IncomingMessage>();
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    unknown.add(request);
    server.emit('request', request, response);
  });
  return (request) => {
    if (!unknown.has(request)) return null;
    return new ProblemError('expectation_failed', 'the header Expect can hold nothing but 100-continue');
  };
}
