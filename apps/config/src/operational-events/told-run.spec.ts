import type { IntegrationSignal } from '@hookstile/contracts';
import { integrationSettings } from '@hookstile/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Integration } from '../integrations/integration.decider.js';
import type { FailureRun } from '../read-models/read-model.store.js';
import { RUNS_TOLD_MAX, RUNS_TOLD_WINDOW_MS } from './operational-event.bounds.js';
import { followRun } from './told-run.js';

const START_MS = Date.parse('2026-01-01T00:00:00.000Z');

const integration: Integration = {
  status: 'present',
  version: 3,
  tenantId: 'ten_1',
  settings: integrationSettings(),
  state: 'enabled',
  disabledReason: null,
  note: null,
  enablement: 1,
  discardBefore: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

const signal = (
  type: IntegrationSignal['type'],
  sequence: number,
  overrides: Partial<IntegrationSignal> = {},
): IntegrationSignal => ({
  type,
  tenantId: 'ten_1',
  integrationId: 'int_1',
  enablement: 1,
  reason: null,
  consecutiveFailures: type === 'recovered' ? 0 : 1,
  sequence,
  at: new Date(START_MS + sequence).toISOString(),
  traceparent: null,
  ...overrides,
});

/** What is told of these signals, one after the other. */
function told(signals: readonly IntegrationSignal[], state: Integration = integration): (string | null)[] {
  let run: FailureRun | null = null;
  return signals.map((each) => {
    const followed = followRun(run, each, state);
    run = followed?.run ?? run;
    return followed?.tells ?? null;
  });
}

describe('what is told of failure runs', () => {
  it('is their beginning and their end, each once, from wherever the signals are read again', () => {
    const signals = [signal('failing', 3), signal('recovered', 8), signal('failing', 9), signal('recovered', 12)];
    const expected = ['failing', 'recovered', 'failing', 'recovered'];
    expect(told(signals)).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 })), (rewinds) => {
        const read = rewinds.flatMap((from) => signals.slice(0, from));
        const again = [...read.filter(({ sequence }) => sequence === 3), ...signals, ...read];
        expect(told(again).filter((each) => each !== null)).toEqual(expected);
      }),
    );
  });

  it('is nothing that an enabling or a disabling has overtaken', () => {
    expect(told([signal('failing', 3)], { ...integration, enablement: 2 })).toEqual([null]);
    expect(told([signal('failing', 3)], { ...integration, state: 'disabled' })).toEqual([null]);
    expect(told([signal('failing', 3)], { ...integration, status: 'deleted' })).toEqual([null]);
    const before = followRun(null, signal('failing', 3), integration)?.run ?? null;
    const enabled = { ...integration, enablement: 2 };
    expect(followRun(before, signal('recovered', 4, { enablement: 2 }), enabled)?.tells).toBeNull();
  });

  it('is no recovery whose failure was not told', () => {
    expect(told([signal('recovered', 8)])).toEqual([null]);
  });

  it('is no more than so many runs in a while, and as many again in the next', () => {
    const flapping = Array.from({ length: 4 * RUNS_TOLD_MAX }, (_, n) => [
      signal('failing', 2 * n + 1),
      signal('recovered', 2 * n + 2),
    ]).flat();
    const said = told(flapping).filter((each) => each !== null);
    expect(said).toHaveLength(2 * RUNS_TOLD_MAX);
    const later = { at: new Date(START_MS + RUNS_TOLD_WINDOW_MS + 1).toISOString() };
    const after = [...flapping, signal('failing', 1_000, later), signal('recovered', 1_001, later)];
    expect(told(after).slice(-2)).toEqual(['failing', 'recovered']);
    const ahead = { at: new Date(START_MS + 2 * RUNS_TOLD_WINDOW_MS).toISOString() };
    const returned = flapping.map((each) => ({ ...each, ...ahead }));
    expect(told([...returned, signal('failing', 1_000)]).at(-1)).toBe('failing');
  });

  it('ends where integrations are told of each other, and each fails or recovers by it', () => {
    const ids = ['int_a', 'int_b', 'int_c', 'int_d'];
    const runs = new Map<string, FailureRun>();
    const sequences = new Map(ids.map((id) => [id, 0]));
    /** Every delivery of a notice turns its receiver round: the worst that endpoints can do. */
    const queue = ['int_a'];
    let notices = 0;
    for (let id = queue.shift(); id !== undefined && notices < 1_000; id = queue.shift()) {
      const sequence = (sequences.get(id) ?? 0) + 1;
      sequences.set(id, sequence);
      const each = signal(sequence % 2 === 1 ? 'failing' : 'recovered', sequence, { integrationId: id });
      const followed = followRun(runs.get(id) ?? null, each, integration);
      if (followed) runs.set(id, followed.run);
      if (!followed?.tells) continue;
      notices += 1;
      const told = id;
      queue.push(...ids.filter((other) => other !== told));
    }
    expect(notices).toBeLessThanOrEqual(2 * RUNS_TOLD_MAX * ids.length);
  });
});
