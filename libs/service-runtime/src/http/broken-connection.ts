import type { Socket } from 'node:net';
import { ProblemError } from '../problems/problem.error.js';
import { problemAnswer } from '../problems/problem-document.js';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

function problemOf(code: string | undefined): ProblemError {
  switch (code) {
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

/** Answers what never became a request (Node's `clientError`), and closes the connection. */
export function answerBrokenConnection(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = problemAnswer(problemOf(error.code));
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\ncontent-type: ${headers['content-type']}\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
  );
}
