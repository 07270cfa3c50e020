import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Timers } from './timers.js';

let fired: string[];
let timers: Timers<string>;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  fired = [];
  const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() };
  timers = new Timers(clock, (subject, nowMs) => fired.push(`${subject} at ${nowMs}`));
});

afterEach(() => {
  timers.stop();
  vi.useRealTimers();
});

describe('timers', () => {
  it('fire in the order of their due times', () => {
    timers.set('b', 20);
    timers.set('a', 10);
    timers.set('c', 100_000);
    vi.advanceTimersByTime(30);
    expect(fired).toEqual(['a at 10', 'b at 20']);
    vi.advanceTimersByTime(100_000);
    expect(fired).toEqual(['a at 10', 'b at 20', 'c at 100000']);
  });

  it('keep the earliest time of a subject only', () => {
    timers.set('a', 50);
    timers.set('a', 10);
    timers.set('a', 70);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual(['a at 10']);
  });

  it('do not grow with every time that is set for the same subjects', () => {
    for (let n = 0; n < 10_000; n += 1) {
      timers.set('held', 1_000_000);
      timers.set('retried', 900_000 - n);
    }
    expect(timers.size).toBeLessThan(200);
  });

  it('forget a subject', () => {
    timers.set('a', 10);
    timers.set('b', 10);
    timers.forget('a');
    vi.advanceTimersByTime(100);
    expect(fired).toEqual(['b at 10']);
  });
});
