import type { Metrics, Tracing } from '@hookstile/service-runtime';
import type { RequestTarget } from '../request/request-target.js';
import type { Verdict } from './attempt-outcome.js';

/** The parts of the facades that attempts need. */
export type AttemptTracing = Pick<Tracing, 'enabled' | 'startSpan'>;
export type AttemptMetrics = Pick<Metrics, 'histogram'>;

const DURATION_BOUNDARIES_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60];

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
  const duration = metrics.histogram('attempt.duration', {
    description: 'Time from the start of an attempt to its outcome; its count is that of attempts.',
    unit: 's',
    boundaries: DURATION_BOUNDARIES_S,
  });
  return recorderOf(duration);
}

/** Tests are no part of what says how deliveries go. */
export function trialRecorder(metrics: AttemptMetrics): AttemptRecorder {
  const duration = metrics.histogram('trial.duration', {
    description: 'Time that a test of an integration took; its count is that of tests.',
    unit: 's',
    boundaries: DURATION_BOUNDARIES_S,
  });
  return recorderOf(duration);
}

function recorderOf(duration: ReturnType<AttemptMetrics['histogram']>): AttemptRecorder {
  return {
    record: (verdict, durationMs) => {
      const attributes = { outcome: verdict.outcome, error: verdict.error ?? 'none' };
      duration.record(durationMs / 1_000, attributes);
    },
  };
}
