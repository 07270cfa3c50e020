import type { AttemptError } from '@hookstile/contracts';
import { EgressError } from './egress.error.js';
import { tlsFailureDetail } from './tls-failure.js';

/** What went wrong below HTTP, in the event log's words. */
export interface TransportFailure {
  error: AttemptError;
  detail: string;
}

const DNS_CODES = new Set(['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'EREFUSED', 'ENODOMAIN']);
const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EMFILE',
]);
const TIMEOUT_CODES = new Set([
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]);
const RESPONSE_CODES = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);
const CLOSED_CODES = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED', 'UND_ERR_ABORTED']);
const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|EPROTO$)/;
const BEFORE_TLS = /before secure TLS connection/;
const BAD_RESPONSE = /^bad (response|upgrade)$/;

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** By name: undici 8 leaves the code of its parser's errors undefined. */
function isParserError(error: unknown): boolean {
  return error instanceof Error && error.name === 'HTTPParserError';
}

/**
 * Maps an error of undici, TLS, DNS or the socket to the event log's code and a sentence.
 * What it does not know counts as a reset: the connection ended without an answer.
 */
export function transportFailureOf(error: unknown): TransportFailure {
  if (error instanceof EgressError) return { error: error.attemptError, detail: error.message };
  const code = codeOf(error);
  const message = messageOf(error);
  if (code === 'response_too_long') return { error: 'response_invalid', detail: `${message}.` };
  if (DNS_CODES.has(code) || code.startsWith('EAI_')) {
    return { error: 'dns', detail: `The host name could not be resolved (${code}).` };
  }
  if (TLS_CODE.test(code) || BEFORE_TLS.test(message)) {
    return { error: 'tls', detail: tlsFailureDetail(code, message) };
  }
  if (CONNECT_CODES.has(code)) return { error: 'connect', detail: `No connection could be made (${code}).` };
  if (TIMEOUT_CODES.has(code)) return { error: 'timeout', detail: 'The connection could not be made in time.' };
  if (RESPONSE_CODES.has(code) || isParserError(error) || BAD_RESPONSE.test(message)) {
    return { error: 'response_invalid', detail: `The answer was not valid HTTP: ${message}.` };
  }
  if (CLOSED_CODES.has(code)) return { error: 'aborted', detail: 'The attempt was ended because the service stops.' };
  if (code === 'UND_ERR_INVALID_ARG') return { error: 'request_unbuildable', detail: `${message}.` };
  return { error: 'reset', detail: `The connection was closed before an answer came (${code || message}).` };
}
