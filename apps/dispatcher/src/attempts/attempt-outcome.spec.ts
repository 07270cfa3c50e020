import { expect, test } from 'vitest';
import { verdictOf } from './attempt-outcome.js';

const answer = (status: number, headers: [string, string][] = []) => ({
  answer: { status, headers, body: Buffer.from('b'), truncated: false },
});

test.each([200, 201, 204, 299])('counts %i as success', (status) => {
  expect(verdictOf(answer(status), 0)).toMatchObject({ outcome: 'succeeded', httpStatus: status, error: null });
});

test.each([400, 410, 429, 500, 599])('counts %i as http_status, retryable', (status) => {
  expect(verdictOf(answer(status), 0)).toMatchObject({
    outcome: 'failed',
    httpStatus: status,
    error: 'http_status',
    retryable: true,
  });
});

test('counts a redirect as failure and says where it leads', () => {
  const verdict = verdictOf(answer(302, [['location', 'https://elsewhere.example/']]), 0);
  expect(verdict).toMatchObject({ outcome: 'failed', error: 'redirect', httpStatus: 302 });
  expect(verdict.errorDetail).toContain('https://elsewhere.example/');
});

test('reads Retry-After of a failure, not of a success', () => {
  expect(verdictOf(answer(503, [['retry-after', '7']]), 0).retryAfterMs).toBe(7_000);
  expect(verdictOf(answer(200, [['retry-after', '7']]), 0).retryAfterMs).toBeNull();
});

test('does not retry a request that cannot be built', () => {
  const unbuildable = { answer: null, error: 'request_unbuildable', detail: 'd' } as const;
  expect(verdictOf(unbuildable, 0).retryable).toBe(false);
});
