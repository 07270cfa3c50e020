import { HttpException } from '@nestjs/common';
import { isDependencyAway } from './dependency-away.js';
import { ProblemError } from './problem.error.js';
import { isKnownCode } from './problem-document.js';

/** Fastify's own errors, by its codes. */
const FASTIFY_CODES: Readonly<Record<string, [code: string, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['too_large', 'the body is larger than this route takes'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'the content type is not one that this route takes'],
  FST_ERR_CTP_EMPTY_TYPE: ['unsupported_media_type', 'a body needs a content type'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed', 'the body is empty although its content type is JSON'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['malformed', 'the body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed', 'the body is not as long as Content-Length says'],
  FST_ERR_BAD_URL: ['malformed', 'the address is not a valid one'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri_too_long', 'a part of the address is too long'],
};

const STATUS_CODES: Readonly<Record<number, string>> = {
  400: 'malformed',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  412: 'version_mismatch',
  413: 'too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  422: 'invalid',
  428: 'if_match_required',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'unavailable',
};

interface CodedError extends Error {
  code: string;
  retryable?: unknown;
  statusCode?: unknown;
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && typeof (error as Partial<CodedError>).code === 'string';
}

function ofStatus(status: number, detail: string): ProblemError | null {
  const code = STATUS_CODES[status];
  return code === undefined ? null : new ProblemError(code, detail);
}

function unavailable(cause: Error): ProblemError {
  return new ProblemError('unavailable', 'a part that this needs is not available at present', { cause });
}

function ofCoded(error: CodedError): ProblemError | null {
  const fastify = FASTIFY_CODES[error.code];
  if (fastify) return new ProblemError(...fastify);
  if (typeof error.statusCode === 'number') return ofStatus(error.statusCode, error.message);
  if (error.retryable === true) return unavailable(error);
  return isKnownCode(error.code) && error.code !== 'internal' ? new ProblemError(error.code, error.message) : null;
}

/**
 * The problem that an error of any origin means to the caller, or null for a fault of ours.
 * `{code, retryable}` errors: retryable ones are `unavailable`; others keep a code that the public surface knows.
 */
export function problemOf(error: unknown): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof Error && isDependencyAway(error)) return unavailable(error);
  if (error instanceof HttpException) {
    // Nest wraps Fastify's errors; the original one says more.
    return (isCoded(error.cause) ? ofCoded(error.cause) : null) ?? ofStatus(error.getStatus(), error.message);
  }
  if (isCoded(error)) return ofCoded(error);
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status < 500 ? ofStatus(status, 'the request cannot be read') : null;
}
