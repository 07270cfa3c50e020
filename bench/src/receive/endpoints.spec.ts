import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Endpoints } from './endpoints.ts';
import { SLOW_ANSWER_MS } from './receive.types.ts';

function exchange() {
  const met: string[] = [];
  const answer = (status: number) => void met.push(String(status));
  return { met, answer, send: () => void met.push('sent'), cut: () => void met.push('cut') };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('answers for integrations that were told nothing else', () => {
  const one = exchange();
  expect(new Endpoints().meet(7, one)).toBe(true);
  expect(one.met).toEqual(['200']);
});

test('answers late, fails and hangs as told', () => {
  const endpoints = new Endpoints();
  endpoints.behave([
    [1, 'slow'],
    [2, 'fail'],
    [3, 'hang'],
  ]);
  const [slow, failing, hanging] = [exchange(), exchange(), exchange()];
  expect([endpoints.meet(1, slow), endpoints.meet(2, failing), endpoints.meet(3, hanging)]).toEqual([
    true,
    false,
    false,
  ]);
  vi.advanceTimersByTime(SLOW_ANSWER_MS - 1);
  expect([slow.met, failing.met, hanging.met]).toEqual([[], ['503'], []]);
  vi.advanceTimersByTime(1);
  expect(slow.met).toEqual(['200']);
});

test('lets go of what waits when all are well again', () => {
  const endpoints = new Endpoints();
  endpoints.behave([
    [1, 'slow'],
    [3, 'hang'],
  ]);
  const [slow, hanging] = [exchange(), exchange()];
  endpoints.meet(1, slow);
  endpoints.meet(3, hanging);
  endpoints.behave([]);
  expect([slow.met, hanging.met]).toEqual([['200'], ['cut']]);
  vi.advanceTimersByTime(SLOW_ANSWER_MS);
  expect(slow.met).toEqual(['200']);
});
