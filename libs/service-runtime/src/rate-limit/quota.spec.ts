import { describe, expect, it } from 'vitest';
import { Quota } from './quota.js';

const WINDOW_S = 10;

function quotaAt(startMs: number, namesMax = 100) {
  const time = { ms: startMs };
  const quota = new Quota({ max: 2, windowSeconds: WINDOW_S }, namesMax, { monotonicMs: () => time.ms });
  return { quota, time };
}

describe('a quota', () => {
  it('is exceeded by one more than it holds, and says what is left and for how long', () => {
    const { quota, time } = quotaAt(0);
    expect(quota.spend('a')).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 10 });
    time.ms = 2_500;
    expect(quota.spend('a')).toEqual({ isExceeded: false, remaining: 0, resetSeconds: 8 });
    expect(quota.spend('a')).toEqual({ isExceeded: true, remaining: 0, resetSeconds: 8 });
  });

  it('is whole again when its window has ended, which refusals do not make longer', () => {
    const { quota, time } = quotaAt(0);
    for (let n = 0; n < 5; n += 1) quota.spend('a');
    time.ms = WINDOW_S * 1_000 - 1;
    expect(quota.spend('a')).toEqual({ isExceeded: true, remaining: 0, resetSeconds: 1 });
    time.ms = WINDOW_S * 1_000;
    expect(quota.spend('a')).toEqual({ isExceeded: false, remaining: 1, resetSeconds: 10 });
  });

  it('is one for each name', () => {
    const { quota } = quotaAt(0);
    for (let n = 0; n < 5; n += 1) quota.spend('a');
    expect(quota.spend('b').isExceeded).toBe(false);
  });

  it('is not spent by a look', () => {
    const { quota } = quotaAt(0);
    for (let n = 0; n < 5; n += 1) expect(quota.look('a').isExceeded).toBe(false);
    quota.spend('a');
    quota.spend('a');
    expect(quota.look('a').isExceeded).toBe(true);
  });

  it('remembers no more names than it may, and forgets the quietest first', () => {
    const { quota } = quotaAt(0, 2);
    for (const name of ['a', 'a', 'b', 'b', 'a', 'c']) quota.spend(name);
    expect(quota.look('a').isExceeded).toBe(true);
    expect(quota.look('b').isExceeded).toBe(false);
  });
});
