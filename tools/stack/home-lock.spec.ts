import { describe, expect, it } from 'vitest';
import { stateOf } from './home-lock.ts';
import { tryNameLock } from './processes/name-lock.ts';

const identity = (pid: number) => ({ pid, startTime: '1', bootId: 'b' });
const record = { start: identity(3), forebears: [identity(2), identity(1)], reaper: null };
const running =
  (...pids: number[]) =>
  ({ pid }: { pid: number }) =>
    pids.includes(pid);

describe('a home that was started on before', () => {
  it('is free when that start has ended', () => {
    expect(stateOf(record, running(1, 2))).toBe('free');
    expect(stateOf(null)).toBe('free');
  });

  it('is running while the start and all commands above it are', () => {
    expect(stateOf(record, running(1, 2, 3))).toBe('running');
  });

  it('is abandoned when the start runs on but a command above it was killed', () => {
    expect(stateOf(record, running(1, 3))).toBe('abandoned');
  });
});

describe('a name lock', () => {
  it('is had by one at a time and is free again after its release', async () => {
    const name = `spec-${process.pid}`;
    const first = await tryNameLock('spec', name);
    expect(first).not.toBeNull();
    expect(await tryNameLock('spec', name)).toBeNull();
    first?.release();
    const second = await tryNameLock('spec', name);
    expect(second).not.toBeNull();
    second?.release();
  });
});
