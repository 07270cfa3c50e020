import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Timers } from './timers.js';

let wrongByMs: number;
let fired: string[];
let timers: Timers<string>;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  wrongByMs = 0;
  fired = [];
  const clock = { nowMs: () => Date.now() + wrongByMs, monotonicMs: () => Date.now() };
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

  it('wait as long as was asked for, wherever the wall clock jumps meanwhile', () => {
    const HOUR_MS = 3_600_000;
    wrongByMs = HOUR_MS;
    timers.set('set while it was ahead', HOUR_MS + 20);
    wrongByMs = 0;
    timers.set('set when it was right', 30);
    wrongByMs = HOUR_MS;
    vi.advanceTimersByTime(25);
    expect(fired).toEqual([`set while it was ahead at ${HOUR_MS + 20}`]);
    wrongByMs = -HOUR_MS;
    vi.advanceTimersByTime(10);
    expect(fired[1]).toBe('set when it was right at 30');
  });

  it('wait no longer than can be meant for what was written by a clock that was ahead', () => {
    timers.set('a', 3_600_000, 50);
    vi.advanceTimersByTime(60);
    expect(fired).toEqual(['a at 3600000']);
  });
});
