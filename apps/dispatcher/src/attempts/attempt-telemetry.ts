import type { Metrics, Tracing } from '@hookstile/service-runtime';
import type { RequestTarget } from '../request/request-target.js';
import type { Verdict } from './attempt-outcome.js';

/** The parts of the facades that attempts need. */
export type AttemptTracing = Pick<Tracing, 'enabled' | 'startSpan'>;
export type AttemptMetrics = Pick<Metrics, 'counter' | 'histogram'>;

type Attributes = Record<string, string | number | boolean>;

/** Attributes of HTTP client spans by OpenTelemetry's semantic conventions. */
export function spanAttributesOf(
  method: string,
  target: RequestTarget,
  attempt: number,
  attemptId: string,
): Attributes {
  const attributes: Attributes = {
    'http.request.method': method,
    'server.address': target.host,
    'server.port': target.port,
    'url.full': target.url,
    'hookstile.attempt.id': attemptId,
  };
  if (attempt > 1) attributes['http.request.resend_count'] = attempt - 1;
  return attributes;
}

export function endAttributesOf(verdict: Verdict): Attributes {
  const attributes: Attributes = {};
  if (verdict.httpStatus !== null) attributes['http.response.status_code'] = verdict.httpStatus;
  if (verdict.error !== null) attributes['error.type'] = errorTypeOf(verdict);
  return attributes;
}

/** The conventions ask for the status code where there is one, else for a low-cardinality name. */
function errorTypeOf({ error, httpStatus }: Verdict): string {
  return httpStatus === null ? String(error) : String(httpStatus);
}

export interface AttemptRecorder {
  record(verdict: Verdict, durationMs: number): void;
}

export function attemptRecorder(metrics: AttemptMetrics): AttemptRecorder {
  const attempts = metrics.counter('hookstile.attempts', { description: 'Attempts by outcome and error' });
  const duration = metrics.histogram('hookstile.attempt.duration', {
    description: 'Time from the start of an attempt to its outcome',
    unit: 's',
  });
  return {
    record: (verdict, durationMs) => {
      const attributes = { outcome: verdict.outcome, error: verdict.error ?? 'none' };
      attempts.add(1, attributes);
      duration.record(durationMs / 1_000, attributes);
    },
  };
}
