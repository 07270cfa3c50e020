import { describe, expect, it } from 'vitest';
import { type EndedAttempt, pushVerdict } from './retry-policy.js';

const retry = {
  delaysMs: [100, 2_000],
  onExhausted: 'continue' as const,
  stopOn: [422],
  disableOn: [410],
  retryAfterMaxMs: 5_000,
};
const failed: EndedAttempt = {
  attempt: 1,
  outcome: 'failed',
  httpStatus: 500,
  retryable: true,
  retryAfterMs: null,
  endedAtMs: 1_000,
};

describe('the retry policy', () => {
  it('measures a delay from the end of the failed attempt', () => {
    expect(pushVerdict(retry, failed)).toEqual({ attempt: 2, dueAtMs: 1_100 });
    expect(pushVerdict(retry, { ...failed, attempt: 2 })).toEqual({ attempt: 3, dueAtMs: 3_000 });
  });

  it('ends a push as failed after one attempt more than there are delays', () => {
    expect(pushVerdict(retry, { ...failed, attempt: 3 })).toBe('failed');
    expect(pushVerdict({ ...retry, delaysMs: [] }, failed)).toBe('failed');
  });

  it('does not retry what an endpoint answers for good, nor what cannot be built', () => {
    expect(pushVerdict(retry, { ...failed, httpStatus: 422 })).toBe('failed');
    expect(pushVerdict(retry, { ...failed, httpStatus: 410 })).toBe('failed');
    expect(pushVerdict(retry, { ...failed, httpStatus: null, retryable: false })).toBe('failed');
  });

  it('waits as long as the receiver asks, within the cap, and never shorter than its delay', () => {
    expect(pushVerdict(retry, { ...failed, retryAfterMs: 3_000 })).toEqual({ attempt: 2, dueAtMs: 4_000 });
    expect(pushVerdict(retry, { ...failed, retryAfterMs: 60_000 })).toEqual({ attempt: 2, dueAtMs: 6_000 });
    expect(pushVerdict(retry, { ...failed, retryAfterMs: 1 })).toEqual({ attempt: 2, dueAtMs: 1_100 });
  });
});
