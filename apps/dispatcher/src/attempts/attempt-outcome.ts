import type { AttemptError } from '@hookstile/contracts';
import type { ExchangeResult } from '../egress/exchange.js';
import type { AttemptOutcome } from './attempt.types.js';
import { retryAfterMsOf } from './retry-after.js';

export type Verdict = Pick<
  AttemptOutcome,
  'outcome' | 'httpStatus' | 'error' | 'errorDetail' | 'retryAfterMs' | 'retryable' | 'response'
>;

/** Some answers that ask for a login or a move name a place in `location`; it is shown up to this length. */
const LOCATION_MAX_CHARACTERS = 200;

function headerOf(headers: readonly [string, string][], name: string): string | undefined {
  for (const [key, value] of headers) if (key === name) return value;
  return undefined;
}

export function failed(error: AttemptError, errorDetail: string, retryable: boolean): Verdict {
  return { outcome: 'failed', httpStatus: null, error, errorDetail, retryAfterMs: null, retryable, response: null };
}

/** Any 2xx succeeds; a redirect is a failure, for to follow it would send signed data where the admin did not say. */
export function verdictOf(result: ExchangeResult, nowMs: number): Verdict {
  if (!result.answer) return failed(result.error, result.detail, result.error !== 'request_unbuildable');
  const { status, headers, body, truncated } = result.answer;
  const response = { headers, body, truncated };
  const common = { httpStatus: status, response, retryable: true };
  if (status >= 200 && status < 300) {
    return { ...common, outcome: 'succeeded', error: null, errorDetail: null, retryAfterMs: null };
  }
  const retryAfterMs = retryAfterMsOf(headerOf(headers, 'retry-after'), nowMs);
  if (status >= 300 && status < 400) {
    const location = headerOf(headers, 'location')?.slice(0, LOCATION_MAX_CHARACTERS);
    const errorDetail = `The endpoint redirects (${status}) to ${location ?? 'nowhere'}; redirects are not followed.`;
    return { ...common, outcome: 'failed', error: 'redirect', errorDetail, retryAfterMs };
  }
  const errorDetail = `The endpoint answered ${status}.`;
  return { ...common, outcome: 'failed', error: 'http_status', errorDetail, retryAfterMs };
}
