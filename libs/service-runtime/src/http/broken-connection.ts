import { ProblemError } from '../problems/problem.error.js';
import { problemAnswer } from '../problems/problem-document.js';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
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

function textOf(problem: ProblemError, more = ''): string {
  const { status, headers, body } = problemAnswer(problem);
  const text = JSON.stringify(body);
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}\r\ncontent-type: ${headers['content-type']}\r\n` +
    `content-length: ${Buffer.byteLength(text)}\r\n${more}connection: close\r\n\r\n${text}`
  );
}

/** To what never became a request, or whose body is none; the connection ends behind it. */
export const brokenAnswer = (errorCode: string | undefined): string => textOf(problemOf(errorCode));

/** To CONNECT; the connection ends behind it. */
export const tunnelAnswer = (): string =>
  textOf(new ProblemError('method_not_allowed', 'this server is no proxy'), 'allow: GET\r\n');
