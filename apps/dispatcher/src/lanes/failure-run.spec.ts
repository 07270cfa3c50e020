import { anIntegration } from '@hookstile/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureRun, type FoldedAttempt, foldAttempt, noFailures, underEnablement } from './failure-run.js';

const rules = anIntegration({ enablement: 1, settings: { disableAfter: 3, disableAfterMs: 10_000 } });
const attempt = (verdict: FoldedAttempt['verdict'], overrides: Partial<FoldedAttempt> = {}): FoldedAttempt => ({
  verdict,
  httpStatus: verdict === 'delivered' ? 200 : 500,
  endedAtMs: 1_000,
  sequence: 7,
  ...overrides,
});
const retried = { attempt: 2, dueAtMs: 2_000, exhaustedUnder: null };
const exhausted = { attempt: 2, dueAtMs: null, exhaustedUnder: 1 };
const failing = (consecutiveFailures: number): FailureRun => ({
  ...noFailures(1),
  consecutiveFailures,
  failingSinceMs: 1_000,
});

describe('a run of failures', () => {
  it('counts a push once all its attempts have ended, not its retries', () => {
    expect(foldAttempt(noFailures(1), attempt(retried), rules).run.consecutiveFailures).toBe(0);
    expect(foldAttempt(failing(0), attempt('failed'), rules).run.consecutiveFailures).toBe(1);
  });

  it('counts a push that is exhausted and holds its lane', () => {
    const { run, signals } = foldAttempt(noFailures(1), attempt(exhausted), rules);
    expect([run.consecutiveFailures, signals]).toEqual([1, ['failing']]);
  });

  it('is not touched by the successes of a healthy integration', () => {
    expect(foldAttempt(noFailures(1), attempt('delivered'), rules)).toMatchObject({ counted: false, signals: [] });
  });

  it('signals its first failed push, and the success that ends it', () => {
    expect(foldAttempt(failing(0), attempt('failed'), rules).signals).toEqual(['failing']);
    expect(foldAttempt(failing(1), attempt('failed'), rules).signals).toEqual([]);
    expect(foldAttempt(failing(2), attempt('delivered'), rules)).toMatchObject({
      run: { consecutiveFailures: 0, failingSinceMs: null, sequence: 7 },
      counted: true,
      signals: ['recovered'],
    });
    expect(foldAttempt(failing(0), attempt('delivered'), rules).signals).toEqual([]);
  });

  it('stops at the threshold', () => {
    expect(foldAttempt(failing(1), attempt('failed'), rules).run.stopped).toBeNull();
    expect(foldAttempt(failing(2), attempt('failed'), rules)).toMatchObject({
      run: { stopped: 'consecutive_failures', consecutiveFailures: 3 },
      signals: ['disable-requested'],
    });
  });

  it('stops at once when the endpoint is gone', () => {
    const { run, signals } = foldAttempt(noFailures(1), attempt('failed', { httpStatus: 410 }), rules);
    expect([run.stopped, signals]).toEqual(['gone', ['failing', 'disable-requested']]);
  });

  it('stops after the time of nothing but failures, also between the attempts of a push', () => {
    expect(foldAttempt(failing(0), attempt(retried, { endedAtMs: 10_999 }), rules).run.stopped).toBeNull();
    expect(foldAttempt(failing(0), attempt(retried, { endedAtMs: 11_000 }), rules).run.stopped).toBe(
      'consecutive_failures',
    );
  });

  it('never stops where both bounds are null', () => {
    const never = anIntegration({ settings: { disableAfter: null, disableAfterMs: null } });
    expect(foldAttempt(failing(999), attempt('failed', { endedAtMs: 1e12 }), never).run.stopped).toBeNull();
  });

  it('begins anew under a higher enablement, and is stopped until then whatever comes', () => {
    const stopped: FailureRun = { ...failing(3), stopped: 'consecutive_failures' };
    expect(foldAttempt(stopped, attempt('delivered'), rules)).toMatchObject({ run: stopped, counted: false });
    const enabled = foldAttempt(stopped, attempt('failed'), { ...rules, enablement: 2 });
    expect(enabled).toMatchObject({
      run: { enablement: 2, consecutiveFailures: 1, stopped: null },
      signals: ['failing'],
    });
  });
});

describe('whatever ended how, and wherever the stored count stands when an owner dies', () => {
  const HISTORIES = 10_000;
  const verdicts = [...(['delivered', 'failed'] as const), retried, exhausted];
  const anyStep = fc.record({ verdict: fc.constantFrom(...verdicts), gone: fc.boolean(), enable: fc.nat(9) });

  it('is told by the stored count and the journal behind it as it was told live', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), fc.nat(40), (steps, dies) => {
        let enablement = 1;
        let live = noFailures(enablement);
        let stored = live;
        const journal = steps.map(({ verdict, gone, enable }, index) => {
          // The count begins anew; where it was stopped this is the only way on.
          if (enable === 0 || live.stopped !== null) enablement += 1;
          const overrides = { httpStatus: gone ? 410 : 500, endedAtMs: index * 1_500, sequence: index + 1 };
          const record = { attempt: attempt(verdict, overrides), enablement };
          const folded = foldAttempt(live, record.attempt, { ...rules, enablement });
          live = folded.run;
          if (folded.counted && index < dies) stored = live;
          return record;
        });
        let told = stored;
        for (const record of journal) {
          if (record.attempt.sequence <= told.sequence) continue;
          told = foldAttempt(told, record.attempt, { ...rules, enablement: record.enablement }).run;
        }
        expect(underEnablement(told, enablement)).toEqual(underEnablement(live, enablement));
      }),
      { numRuns: HISTORIES },
    );
  });
});
