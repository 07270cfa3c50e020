import type { Exponential, Retry } from '@hookstile/contracts';
import type { NextTry } from './lane.types.js';

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
  /** The integration's version that the policy is of. */
  integrationVersion: number;
}

/** What becomes of a push by an attempt: it ended, or is tried again. */
export type PushVerdict = 'delivered' | 'failed' | NextTry;

/**
 * A delay runs from the end of the failed attempt; a receiver may ask for a longer one, within the cap.
 * @param random from 0, below 1
 */
export function pushVerdict(retry: Retry, ended: EndedAttempt, random: () => number): PushVerdict {
  if (ended.outcome === 'succeeded') return 'delivered';
  if (isFinal(retry, ended.httpStatus)) return 'failed';
  const attempt = ended.attempt + 1;
  const delayMs = ended.retryable ? delayBehind(retry, ended.attempt, random) : undefined;
  if (delayMs === undefined) {
    const { integrationVersion: exhaustedUnder } = ended;
    return retry.onExhausted === 'block' ? { attempt, dueAtMs: null, exhaustedUnder } : 'failed';
  }
  const askedMs = Math.min(ended.retryAfterMs ?? 0, retry.retryAfterMaxMs);
  return { attempt, dueAtMs: ended.endedAtMs + Math.max(delayMs, askedMs), exhaustedUnder: null };
}

/**
 * No retry is due later than this from now. What says otherwise was written under a wall clock that was ahead, by this
 * process before the clock was put right or by another one.
 */
export function longestWaitMs(retry: Retry): number {
  const delaysMs = 'delaysMs' in retry ? retry.delaysMs : [retry.exponential.maxMs];
  return Math.max(retry.retryAfterMaxMs, ...delaysMs);
}

function delayBehind(retry: Retry, attempt: number, random: () => number): number | undefined {
  return 'delaysMs' in retry ? retry.delaysMs[attempt - 1] : exponentialDelay(retry.exponential, attempt, random);
}

function exponentialDelay(
  { firstMs, factor, maxMs, attempts, jitter }: Exponential,
  attempt: number,
  random: () => number,
): number | undefined {
  if (attempt >= attempts) return undefined;
  const delayMs = Math.min(firstMs * factor ** (attempt - 1), maxMs);
  return Math.round(delayMs * (1 - jitter * random()));
}

function isFinal(retry: Retry, httpStatus: number | null): boolean {
  return httpStatus !== null && (retry.stopOn.includes(httpStatus) || retry.disableOn.includes(httpStatus));
}
