import { describe, expect, it } from 'vitest';
import { RatePace } from './rate-pace.js';
import { FOLLOWED_AFTER_STOP_MS, PENDING_MIN, RUNNING_MAX_MS } from './recovery.bounds.js';
import type { RecoveryRow } from './recovery.types.js';
import { type Circumstances, moveOf, pendingMaxOf } from './recovery-move.js';
import type { WorkState } from './recovery-work.store.js';

const NOW_MS = 10 * RUNNING_MAX_MS;
const by = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: null } as const;
const ROW: RecoveryRow = {
  ...{ id: 'rcv_1', tenantId: 'ten_1', integrationId: 'int_1', sinceMs: 0, untilMs: 1, selected: 'failed' },
  ...{ ratePerSecond: 10, startedAtMs: NOW_MS - 1_000, startedBy: by, status: 'running', reason: null },
  ...{ finishedAtMs: null, stoppedBy: null, matched: 200, queued: 0, expired: 0 },
  ...{ delivered: 0, failed: 0, discarded: 0 },
};

function move(given: Partial<WorkState>, row: Partial<RecoveryRow> = {}, around: Partial<Circumstances> = {}) {
  const state = { pending: 0, waiting: 100, claimed: 0, startTold: true, stopTold: false, ...given };
  const enabled = { state: 'enabled', deleted: false } as const;
  return moveOf(
    { ...state, recovery: { ...ROW, ...row } },
    { integration: enabled, allowed: 7, nowMs: NOW_MS, ...around },
  );
}

const stopped = { status: 'stopped', finishedAtMs: NOW_MS - 1 } as const;

describe('the next move of a recovery', () => {
  it('tells of the start before all else', () => {
    expect(move({ startTold: false, claimed: 3 }, stopped)).toEqual({ kind: 'tell', what: 'start' });
  });

  it('hands over as many as the rate allows, and no more than may be pending at once', () => {
    expect(move({})).toEqual({ kind: 'send', count: 7 });
    expect(move({ waiting: 2 })).toEqual({ kind: 'send', count: 2 });
    const max = pendingMaxOf(ROW.ratePerSecond);
    expect(move({ pending: max - 3 })).toEqual({ kind: 'send', count: 3 });
    expect(move({ pending: max })).toEqual({ kind: 'wait', for: 'endings' });
    expect(move({ pending: max + 5 })).toEqual({ kind: 'wait', for: 'endings' });
    expect(move({}, {}, { allowed: 0 })).toEqual({ kind: 'wait', for: 'rate' });
    expect(pendingMaxOf(1)).toBe(PENDING_MIN);
  });

  it('hands over again what may have been handed over, whatever became of the recovery', () => {
    for (const row of [{}, stopped]) expect(move({ claimed: 3 }, row)).toEqual({ kind: 'send', count: 3 });
  });

  it('is done when nothing waits and all has ended', () => {
    expect(move({ waiting: 0, pending: 1 })).toEqual({ kind: 'wait', for: 'endings' });
    expect(move({ waiting: 0 })).toEqual({ kind: 'done' });
  });

  it('stops where its integration is disabled or deleted, or it takes too long', () => {
    const reason = (around: Partial<Circumstances>) => move({}, {}, around);
    const disabled = { integration: { state: 'disabled', deleted: false } } as const;
    expect(reason(disabled)).toEqual({ kind: 'stop', reason: 'integration_disabled' });
    const deleted = { integration: { state: 'enabled', deleted: true } } as const;
    expect(reason(deleted)).toEqual({ kind: 'stop', reason: 'integration_deleted' });
    expect(reason({ integration: undefined })).toEqual({ kind: 'stop', reason: 'integration_deleted' });
    expect(move({}, { startedAtMs: NOW_MS - RUNNING_MAX_MS })).toEqual({ kind: 'stop', reason: 'timeout' });
  });

  it('stopped: forgets what waits, tells of it, counts what is pending, and then no more', () => {
    expect(move({ pending: 1 }, stopped)).toEqual({ kind: 'drop' });
    expect(move({ waiting: 0, pending: 1 }, stopped)).toEqual({ kind: 'tell', what: 'stop' });
    expect(move({ waiting: 0, pending: 1, stopTold: true }, stopped)).toEqual({ kind: 'wait', for: 'endings' });
    expect(move({ waiting: 0, stopTold: true }, stopped)).toEqual({ kind: 'close' });
    const long = { ...stopped, finishedAtMs: NOW_MS - FOLLOWED_AFTER_STOP_MS };
    expect(move({ waiting: 0, pending: 1, stopTold: true }, long)).toEqual({ kind: 'close' });
  });
});

describe('a rate', () => {
  it('is kept over time, and catches up with no more than a second', () => {
    const pace = new RatePace(10, 1_000);
    expect(pace.allowed(1_000)).toBe(0);
    expect(pace.allowed(1_250)).toBe(2);
    pace.sent(2);
    expect(pace.allowed(1_300)).toBe(1);
    expect(pace.allowed(61_300)).toBe(10);
  });

  it('below one in a step still brings one in its time', () => {
    const pace = new RatePace(1, 0);
    expect([500, 999, 1_000, 5_000].map((ms) => pace.allowed(ms))).toEqual([0, 0, 1, 1]);
  });
});
