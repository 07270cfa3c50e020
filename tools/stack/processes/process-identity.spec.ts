import { describe, expect, it } from 'vitest';
import { forebearsUpToNpm, identityOf, isRunning, type ProcessStat, parseStat } from './process-identity.ts';

const STAT = '4711 (npm start (x) y) S 4242 4711 4711 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 11 0 987654 1 2 3';

function stat(overrides: Partial<ProcessStat> = {}): ProcessStat {
  return { parentPid: 1, name: 'node', state: 'S', startTime: '100', ...overrides };
}

describe('the identity of a process', () => {
  it('reads name, parent and start time although the name holds blanks and parentheses', () => {
    expect(parseStat(STAT)).toEqual({ name: 'npm start (x) y', state: 'S', parentPid: 4242, startTime: '987654' });
  });

  it('finds its own process running', () => {
    const own = identityOf(process.pid);
    expect(own !== null && isRunning(own)).toBe(true);
  });

  it('takes a process that got the same pid later for another one', () => {
    expect(isRunning({ pid: 5, startTime: '99', bootId: 'b' }, () => stat(), 'b')).toBe(false);
    expect(isRunning({ pid: 5, startTime: '100', bootId: 'b' }, () => stat(), 'b')).toBe(true);
  });

  it('takes a process of the time before a reboot for another one', () => {
    expect(isRunning({ pid: 5, startTime: '100', bootId: 'before' }, () => stat(), 'now')).toBe(false);
  });

  it('counts a zombie as ended', () => {
    expect(isRunning({ pid: 5, startTime: '100', bootId: 'b' }, () => stat({ state: 'Z' }), 'b')).toBe(false);
  });
});

describe('the forebears of a start', () => {
  const table: Record<number, ProcessStat> = {
    10: stat({ parentPid: 9 }),
    9: stat({ parentPid: 8, name: 'sh', startTime: '9' }),
    8: stat({ parentPid: 7, name: 'npm start', startTime: '8' }),
    7: stat({ parentPid: 1, name: 'bash', startTime: '7' }),
  };
  const look = (pid: number) => table[pid] ?? null;

  it('reach up to npm and no further, so that a closed outer shell stops nothing', () => {
    expect(forebearsUpToNpm(10, true, look, 'b').map(({ pid }) => pid)).toEqual([9, 8]);
  });

  it('are the direct parent alone when npm does not run it', () => {
    expect(forebearsUpToNpm(10, false, look, 'b').map(({ pid }) => pid)).toEqual([9]);
  });
});
