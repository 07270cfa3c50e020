import type { InputError, ProblemError } from './problem.error.js';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

const RETRY_AFTER_DEFAULT_SECONDS = 1;

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: readonly InputError[];
}

interface Meaning {
  status: number;
  title: string;
}

/** The only place that knows which HTTP status a code has. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  malformed: { status: 400, title: 'The request cannot be read' },
  tenant_required: { status: 400, title: 'The header Hookstile-Tenant is missing' },
  unauthorized: { status: 401, title: 'No valid key was given' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  plan_required: { status: 403, title: 'The tenant has another plan' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The route does not take this method' },
  not_acceptable: { status: 406, title: 'None of the accepted formats is offered' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'The state does not allow this' },
  ambiguous_name: { status: 409, title: 'Several things have this name' },
  configuration_full: { status: 409, title: 'The tenant has as much configuration as it may have' },
  endpoint_exists: { status: 409, title: 'The tenant has its endpoint already' },
  not_signed: { status: 409, title: 'The integration signs nothing' },
  integration_disabled: { status: 409, title: 'The integration is disabled' },
  rule_disabled: { status: 409, title: 'The rule is disabled' },
  idempotency_key_in_flight: { status: 409, title: 'The first request with the key is still being carried out' },
  event_expired: { status: 410, title: 'The event is not kept any more' },
  version_mismatch: { status: 412, title: 'Somebody else changed it' },
  too_large: { status: 413, title: 'The body is too large' },
  uri_too_long: { status: 414, title: 'The address is too long' },
  unsupported_media_type: { status: 415, title: 'The content type is not supported' },
  expectation_failed: { status: 417, title: 'The expectation cannot be met' },
  invalid: { status: 422, title: 'The input is not valid' },
  data_not_json: { status: 422, title: 'The data is not JSON' },
  idempotency_key_reused: { status: 422, title: 'The key stands for another request' },
  reserved_type: { status: 422, title: 'The type is reserved' },
  unknown_parameter: { status: 422, title: 'The parameter is not known' },
  if_match_required: { status: 428, title: 'The header If-Match is missing' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'Not available at present' },
};

const UNKNOWN_CODE: Meaning = { status: 500, title: 'Something went wrong here' };

export interface ProblemAnswer {
  status: number;
  headers: Record<string, string>;
  body: ProblemDocument;
}

export function problemAnswer(error: ProblemError): ProblemAnswer {
  const meaning = MEANINGS[error.code] ?? UNKNOWN_CODE;
  const status = error.status ?? meaning.status;
  const body: ProblemDocument = {
    type: `urn:hookstile:problem:${error.code}`,
    title: error.title ?? meaning.title,
    status,
    detail: error.message,
    code: error.code,
  };
  if (error.errors) body.errors = error.errors;
  const headers: Record<string, string> = { 'content-type': PROBLEM_CONTENT_TYPE };
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (status === 429 || status === 503) {
    headers['retry-after'] = String(error.retryAfterSeconds ?? RETRY_AFTER_DEFAULT_SECONDS);
  }
  return { status, headers, body };
}

/** The HTTP status of a code that the runtime knows. */
export function statusOfCode(code: string): number {
  return (MEANINGS[code] ?? UNKNOWN_CODE).status;
}

/** Whether the runtime knows an HTTP status for the code. */
export function isKnownCode(code: string): boolean {
  return Object.hasOwn(MEANINGS, code);
}
