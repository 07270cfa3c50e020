import type { AttemptRecord, JournalEnvelope } from '@hookstile/contracts';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { anAttemptRecord } from './attempt-record.fake.js';
import { type JournalHistory, noHistory, rememberRecord } from './journal-history.js';

const marker = (epoch: number): JournalEnvelope => ({ kind: 'epoch', epoch, owner: 'o', at: FIXED_NOW });

function historyOf(...records: JournalEnvelope[]): JournalHistory {
  const history = noHistory(1);
  for (const record of records) rememberRecord(history, record);
  return history;
}

const at = (offset: number, overrides: Partial<AttemptRecord> = {}) => anAttemptRecord({ offset, ...overrides });

describe('what a new owner learns from the journal', () => {
  it('is which deliveries ended', () => {
    const history = historyOf(
      at(5),
      at(7, { push: 'failed', outcome: 'failed' }),
      at(6, { push: 'pending', outcome: 'failed' }),
    );
    expect([...history.ended.keys()]).toEqual([5, 7]);
  });

  it('is the next attempt, and its time, of those that failed and did not end', () => {
    const nextAttemptAt = '2026-01-01T00:00:05.000Z';
    const history = historyOf(at(5, { attempt: 2, push: 'pending', outcome: 'failed', nextAttemptAt }));
    expect(history.next.get(5)).toMatchObject({ attempt: 3, dueAtMs: Date.parse(nextAttemptAt) });
  });

  it('forgets an attempt that was aborted by ourselves: it is made again under its number, and not counted', () => {
    const failed = at(5, { attempt: 1, push: 'pending', outcome: 'failed' });
    const aborted = at(5, { attempt: 2, push: 'pending', outcome: 'failed', error: 'aborted' });
    const history = historyOf(failed, aborted);
    expect([history.next.get(5)?.attempt, history.attempts]).toEqual([2, [failed]]);
    expect(historyOf(at(6, { push: 'pending', outcome: 'failed', error: 'aborted' })).next.size).toBe(0);
  });

  it('is nothing of a test, whatever it says: its delivery stands in no topic', () => {
    const trials = [
      at(5, { trigger: 'test' }),
      at(6, { trigger: 'test', epoch: 9, push: 'pending', outcome: 'failed' }),
    ];
    expect(historyOf(...trials)).toEqual(historyOf());
    const early = noHistory(0);
    rememberRecord(early, at(0, { trigger: 'test', epoch: 0, sequence: 0 }));
    expect(early).toEqual(noHistory(0));
  });

  it('does not count records of an older epoch behind a newer marker', () => {
    const history = historyOf(marker(2), at(5, { epoch: 1 }), at(6, { epoch: 2 }));
    expect([[...history.ended.keys()], history.attempts.length]).toEqual([[6], 1]);
  });

  it('counts those of an older epoch before the marker', () => {
    expect([...historyOf(at(5, { epoch: 1 }), marker(2)).ended.keys()]).toEqual([5]);
  });

  it('knows discarded deliveries as ended, and held ones not', () => {
    const { deliveries, ...common } = at(5);
    const aside = { ...common, deliveries, reason: 'r' };
    expect([...historyOf({ ...aside, kind: 'held' }).ended.keys()]).toEqual([]);
    expect([...historyOf({ ...aside, kind: 'discarded' }).ended.keys()]).toEqual([5]);
  });
});
