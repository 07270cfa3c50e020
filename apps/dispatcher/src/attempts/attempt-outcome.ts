import type { AttemptError } from '@hookstile/contracts';
import type { ExchangeAnswer, ExchangeResult } from '../egress/exchange.js';
import type { AttemptOutcome } from './attempt.types.js';
import { retryAfterMsOf } from './retry-after.js';

export type Verdict = Pick<
  AttemptOutcome,
  'outcome' | 'httpStatus' | 'error' | 'errorDetail' | 'retryAfterMs' | 'retryable' | 'response'
>;

/** Some answers that ask for a login or a move name a place in `location`; it is shown up to this length. */
const LOCATION_MAX_CHARACTERS = 200;

/** What no URI holds, control characters of terminals among it. */
const UNSAFE_IN_URI = /[^\x21-\x7e]/g;

/** A header's characters are its bytes. */
function shownLocation(location: string): string {
  const percentEncoded = (character: string) =>
    `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
  return location.slice(0, LOCATION_MAX_CHARACTERS).replaceAll(UNSAFE_IN_URI, percentEncoded);
}

function headerOf(headers: readonly [string, string][], name: string): string | undefined {
  for (const [key, value] of headers) if (key === name) return value;
  return undefined;
}

export function failed(error: AttemptError, errorDetail: string, retryable: boolean): Verdict {
  return { outcome: 'failed', httpStatus: null, error, errorDetail, retryAfterMs: null, retryable, response: null };
}

function succeeded({ status, headers, body, truncated }: ExchangeAnswer): Verdict {
  return {
    outcome: 'succeeded',
    httpStatus: status,
    error: null,
    errorDetail: null,
    retryAfterMs: null,
    retryable: true,
    response: { headers, body, truncated },
  };
}

/** Any 2xx succeeds; a redirect is a failure, for to follow it would send signed data where the admin did not say. */
export function verdictOf(result: ExchangeResult, nowMs: number): Verdict {
  if (!result.answer) return failed(result.error, result.detail, result.error !== 'request_unbuildable');
  const { answer } = result;
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return succeeded(answer);
  const { body, truncated } = answer;
  const common = { httpStatus: status, response: { headers, body, truncated }, retryable: true };
  const retryAfterMs = retryAfterMsOf(headerOf(headers, 'retry-after'), nowMs);
  if (status >= 300 && status < 400) {
    const location = headerOf(headers, 'location');
    const place = location === undefined ? 'nowhere' : shownLocation(location);
    const errorDetail = `The endpoint redirects (${status}) to ${place}; redirects are not followed.`;
    return { ...common, outcome: 'failed', error: 'redirect', errorDetail, retryAfterMs };
  }
  const errorDetail = `The endpoint answered ${status}.`;
  return { ...common, outcome: 'failed', error: 'http_status', errorDetail, retryAfterMs };
}
