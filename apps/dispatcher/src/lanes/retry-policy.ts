import type { IntegrationSettings } from '@hookstile/contracts';
import type { RetryAt } from './lane.types.js';

/** What a retry policy looks at of an attempt. */
export interface EndedAttempt {
  /** From 1, within the push. */
  attempt: number;
  outcome: 'succeeded' | 'failed';
  httpStatus: number | null;
  retryable: boolean;
  /** What the receiver asked for. */
  retryAfterMs: number | null;
  endedAtMs: number;
}

/** What becomes of a push by an attempt: it ended, or is tried again. */
export type PushVerdict = 'delivered' | 'failed' | RetryAt;

/** A delay runs from the end of the failed attempt; a receiver may ask for a longer one, within the cap. */
export function pushVerdict(retry: IntegrationSettings['retry'], ended: EndedAttempt): PushVerdict {
  if (ended.outcome === 'succeeded') return 'delivered';
  const delayMs = retry.delaysMs[ended.attempt - 1];
  if (delayMs === undefined || !ended.retryable || isFinal(retry, ended.httpStatus)) return 'failed';
  const askedMs = Math.min(ended.retryAfterMs ?? 0, retry.retryAfterMaxMs);
  return { attempt: ended.attempt + 1, dueAtMs: ended.endedAtMs + Math.max(delayMs, askedMs) };
}

function isFinal(retry: IntegrationSettings['retry'], httpStatus: number | null): boolean {
  return httpStatus !== null && (retry.stopOn.includes(httpStatus) || retry.disableOn.includes(httpStatus));
}
