import type { Metrics } from '@hookstile/service-runtime';
import type { TokenOutcome } from './token-request.error.js';

const DURATION_BOUNDARIES_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface TokenRecorder {
  record(outcome: TokenOutcome, durationMs: number): void;
}

export function tokenRecorder(metrics: Pick<Metrics, 'histogram'>): TokenRecorder {
  const duration = metrics.histogram('oauth.token.duration', {
    description: 'Time of a request for an OAuth2 token; its count is that of requests.',
    unit: 's',
    boundaries: DURATION_BOUNDARIES_S,
  });
  return { record: (outcome, durationMs) => duration.record(durationMs / 1_000, { outcome }) };
}
