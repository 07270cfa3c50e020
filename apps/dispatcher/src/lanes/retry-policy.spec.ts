import type { Retry } from '@hookstile/contracts';
import { describe, expect, it } from 'vitest';
import { type EndedAttempt, pushVerdict } from './retry-policy.js';

const retry = {
  delaysMs: [100, 2_000],
  onExhausted: 'continue' as const,
  stopOn: [422],
  disableOn: [410],
  retryAfterMaxMs: 5_000,
};
const verdictOf = (of: Retry, ended: EndedAttempt, random = 0) => pushVerdict(of, ended, () => random);

const failed: EndedAttempt = {
  attempt: 1,
  outcome: 'failed',
  httpStatus: 500,
  retryable: true,
  retryAfterMs: null,
  endedAtMs: 1_000,
  integrationVersion: 3,
};

describe('the retry policy', () => {
  it('measures a delay from the end of the failed attempt', () => {
    expect(verdictOf(retry, failed)).toMatchObject({ attempt: 2, dueAtMs: 1_100 });
    expect(verdictOf(retry, { ...failed, attempt: 2 })).toMatchObject({ attempt: 3, dueAtMs: 3_000 });
  });

  it('ends a push as failed after one attempt more than there are delays', () => {
    expect(verdictOf(retry, { ...failed, attempt: 3 })).toBe('failed');
    expect(verdictOf({ ...retry, delaysMs: [] }, failed)).toBe('failed');
  });

  it('does not retry what an endpoint answers for good, nor what cannot be built', () => {
    expect(verdictOf(retry, { ...failed, httpStatus: 422 })).toBe('failed');
    expect(verdictOf(retry, { ...failed, httpStatus: 410 })).toBe('failed');
    expect(verdictOf(retry, { ...failed, httpStatus: null, retryable: false })).toBe('failed');
  });

  it('waits as long as the receiver asks, within the cap, and never shorter than its delay', () => {
    expect(verdictOf(retry, { ...failed, retryAfterMs: 3_000 })).toMatchObject({ attempt: 2, dueAtMs: 4_000 });
    expect(verdictOf(retry, { ...failed, retryAfterMs: 60_000 })).toMatchObject({ attempt: 2, dueAtMs: 6_000 });
    expect(verdictOf(retry, { ...failed, retryAfterMs: 1 })).toMatchObject({ attempt: 2, dueAtMs: 1_100 });
  });

  describe('that grows exponentially', () => {
    const { delaysMs: _, ...rules } = retry;
    const exponential = { firstMs: 100, factor: 3, maxMs: 500, attempts: 4, jitter: 0.5 };
    const growing: Retry = { ...rules, exponential };
    const delays = (random: number) =>
      [1, 2, 3, 4].map((attempt) => {
        const verdict = verdictOf(growing, { ...failed, attempt, endedAtMs: 0 }, random);
        return typeof verdict === 'object' ? verdict.dueAtMs : verdict;
      });

    it('multiplies each delay by the factor up to its cap, and ends after its attempts', () => {
      expect(delays(0)).toEqual([100, 300, 500, 'failed']);
    });

    it('shortens a delay by chance, by the part that jitter says at most', () => {
      expect(delays(0.5)).toEqual([75, 225, 375, 'failed']);
    });
  });

  describe('that blocks', () => {
    const blocking: Retry = { ...retry, onExhausted: 'block' };
    const exhausted = { dueAtMs: null, exhaustedUnder: 3 };

    it('holds an exhausted push under the version it was tried with', () => {
      expect(verdictOf(blocking, { ...failed, attempt: 3 })).toEqual({ attempt: 4, ...exhausted });
      expect(verdictOf(blocking, { ...failed, retryable: false })).toEqual({ attempt: 2, ...exhausted });
    });

    it('ends what an endpoint refuses for good', () => {
      expect(verdictOf(blocking, { ...failed, httpStatus: 422 })).toBe('failed');
    });
  });
});
