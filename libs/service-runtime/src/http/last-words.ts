import type { Socket } from 'node:net';
import { ProblemError } from '../problems/problem.error.js';
import { problemAnswer } from '../problems/problem-document.js';
import type { BoundedConnections } from './bounded-connections.js';

type AnswerableConnections = Pick<BoundedConnections, 'isAnswerable' | 'closeBehindAnswers'>;

/** Answers what never became a request, or whose body is none (Node's `clientError`), and closes the connection. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Socket, connections: AnswerableConnections): void {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else if (connections.isAnswerable(socket)) socket.end(bytesOf(problemOf(error.code)));
  else connections.closeBehindAnswers(socket);
}

/**
 * Answers Node's `connect`: a proxy's business. Node lets go of the connection with it: nothing but this would ever end
 * one whose client leaves it half open, and a stop would wait for it.
 */
export function refuseTunnel(socket: Socket, connections: AnswerableConnections): void {
  socket.on('error', () => undefined);
  if (connections.isAnswerable(socket)) {
    socket.write(bytesOf(new ProblemError('method_not_allowed', 'this server is no proxy'), 'allow: GET\r\n'));
    socket.destroySoon();
  } else connections.closeBehindAnswers(socket);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

function problemOf(errorCode: string | undefined): ProblemError {
  switch (errorCode) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError('request_timeout', 'the request did not arrive in time');
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError('headers_too_large', 'the headers are larger than this server takes');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ProblemError('too_large', 'the chunk extensions are larger than this server takes');
    default:
      return new ProblemError('malformed', 'the request is not HTTP/1.1');
  }
}

/** A whole answer, for a connection that has no response object. */
function bytesOf(problem: ProblemError, more = ''): string {
  const { status, headers, body } = problemAnswer(problem);
  const text = JSON.stringify(body);
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\ncontent-type: ${headers['content-type']}\r\n` +
    `content-length: ${Buffer.byteLength(text)}\r\n${more}connection: close\r\n\r\n${text}`
  );
}
