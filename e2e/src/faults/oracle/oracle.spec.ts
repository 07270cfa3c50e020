import { describe, expect, it } from 'vitest';
import type { Change, Evidence, JournalEntry, SeenRequest, TestedIntegration } from './evidence.types.ts';
import { judge } from './oracle.ts';
import { duplicates } from './repeated.ts';

const EVENTS = 3;
const STEP_MS = 100;
const DURATION_MS = 10;

const request = (n: number, atMs = n * STEP_MS, change: Partial<SeenRequest> = {}): SeenRequest => ({
  integrationId: 'int',
  deliveryId: `dlv_${n}`,
  n,
  members: change.members ?? [n],
  address: 0,
  traceparent: `sent at ${atMs} of ${n}`,
  arrivedAtMs: atMs + 1,
  endedAtMs: atMs + DURATION_MS,
  status: 200,
  ...change,
});

const entry = (n: number, change: Partial<JournalEntry> = {}): JournalEntry => ({
  partition: 0,
  offset: n + 1,
  integrationId: 'int',
  deliveryId: `dlv_${n}`,
  members: change.members ?? [`dlv_${n}`],
  attemptId: `att_${n}_${change.epoch ?? 1}_${change.attempt ?? 1}`,
  traceparent: `sent at ${change.atMs ?? n * STEP_MS} of ${n}`,
  epoch: 1,
  sequence: n + 1,
  attempt: 1,
  atMs: n * STEP_MS,
  durationMs: DURATION_MS,
  outcome: 'succeeded',
  error: null,
  push: 'delivered',
  enablement: 1,
  consecutiveFailures: 0,
  ...change,
});

const change = (to: Change['to'], atMs: number, rest: Partial<Change> = {}): Change => ({
  integrationId: 'int',
  to,
  askedAtMs: atMs,
  acknowledgedAtMs: atMs,
  laterFrom: EVENTS,
  ...rest,
});

/** Three events, each delivered at once. */
function healthy(): Evidence {
  const numbers = Array.from({ length: EVENTS }, (_, n) => n);
  return {
    integrations: [{ id: 'int', tenantId: 't', name: 'healthy', disableAfter: null, ordering: 'strict' }],
    accepted: numbers.map((n) => ({ tenantId: 't', eventId: `e${n}`, n })),
    requests: numbers.map((n) => request(n)),
    journal: numbers.map((n) => entry(n)),
    markers: [{ partition: 0, offset: 0, epoch: 1, atMs: -1_000 }],
    deliveries: numbers.map((n) => ({ id: `dlv_${n}`, integrationId: 'int', eventId: `e${n}`, status: 'delivered' })),
    attempts: numbers.map((n) => ({ deliveryId: `dlv_${n}`, epoch: 1, attempt: 1, late: false })),
    events: numbers.map((n) => ({ tenantId: 't', eventId: `e${n}`, outcome: 'routed' })),
    runs: [],
    changes: [],
    faults: [],
  };
}

const rulesBroken = (change: Partial<Evidence>) => [
  ...new Set(judge({ ...healthy(), ...change }).map(({ rule }) => rule)),
];

describe('the oracle', () => {
  it('finds nothing where all went well', () => {
    expect(judge(healthy())).toEqual([]);
  });

  it('misses an accepted event that no audit row tells of', () => {
    const { events, deliveries } = healthy();
    expect(rulesBroken({ events: events.slice(1) })).toEqual(['every acknowledged event is accounted for']);
    expect(rulesBroken({ deliveries: deliveries.slice(1) })).toEqual(['every acknowledged event is accounted for']);
  });

  it('sees a delivery that is still pending', () => {
    const [first, ...others] = healthy().deliveries;
    const deliveries = [{ ...(first as Evidence['deliveries'][number]), status: 'pending' as const }, ...others];
    expect(rulesBroken({ deliveries })).toEqual(['every acknowledged event is accounted for', 'counters equal rows']);
  });

  it('sees a delivery that is called delivered and never reached its receiver', () => {
    expect(rulesBroken({ requests: healthy().requests.slice(1) })).toEqual([
      'every acknowledged event is accounted for',
    ]);
  });

  it('sees a delivery that overtook another, and takes the first success of each', () => {
    const overtaking = [request(1, 0), request(0, 100), request(2)];
    const journal = [entry(1, { atMs: 0 }), entry(0, { atMs: 100 }), entry(2)];
    expect(rulesBroken({ requests: overtaking, journal })).toEqual(['first successes come in order']);
    const retried = [request(0), request(1, 100, { status: 500 }), request(1, 150), request(2)];
    const retries = [
      entry(0),
      entry(1, { push: 'pending', outcome: 'failed' }),
      entry(1, { attempt: 2, atMs: 150, sequence: 2.5 }),
      entry(2),
    ];
    const attempts = [...healthy().attempts, { deliveryId: 'dlv_1', epoch: 1, attempt: 2, late: false }];
    expect(rulesBroken({ requests: retried, journal: retries, attempts })).toEqual([]);
  });

  it('sees what is sent again after its end was journaled, also when a process died', () => {
    const requests = [...healthy().requests, request(0, 300, { status: null })];
    const faults = [{ name: 'kill', fromMs: 290, toMs: 320 }];
    expect(rulesBroken({ requests, faults })).toEqual(['nothing is sent again once its end is journaled']);
  });

  it('allows a repetition of what a fault cut off, and of nothing else', () => {
    const requests = [request(0, -50, { status: null }), ...healthy().requests];
    expect(rulesBroken({ requests, faults: [{ name: 'kill', fromMs: -45, toMs: -40 }] })).toEqual([]);
    const unexplained = 'requests outside the journal are of attempts that a fault cut off';
    expect(rulesBroken({ requests })).toEqual([unexplained]);
    expect(rulesBroken({ requests, faults: [{ name: 'kill', fromMs: 5_000, toMs: 5_010 }] })).toEqual([unexplained]);
    expect(duplicates({ requests: [...requests, request(0, -30)] })).toBe(1);
  });

  it('does not let a late outcome excuse a repetition, nor count it', () => {
    const markers = [...healthy().markers, { partition: 0, offset: 1, epoch: 2, atMs: 50 }];
    const late = entry(0, { offset: 1.5 });
    const again = entry(0, { epoch: 2, offset: 1.6, atMs: 60 });
    const evidence = {
      requests: [request(0), request(0, 60), request(1), request(2)],
      journal: [late, again, entry(1, { epoch: 2 }), entry(2, { epoch: 2 })],
      markers,
      attempts: [
        { deliveryId: 'dlv_0', epoch: 1, attempt: 1, late: true },
        { deliveryId: 'dlv_0', epoch: 2, attempt: 1, late: false },
        { deliveryId: 'dlv_1', epoch: 2, attempt: 1, late: false },
        { deliveryId: 'dlv_2', epoch: 2, attempt: 1, late: false },
      ],
    };
    expect(rulesBroken(evidence)).toEqual([]);
    const zombie = entry(0, { offset: 1.5, atMs: 120 });
    const journal = [zombie, ...evidence.journal.slice(1)];
    expect(
      rulesBroken({ ...evidence, journal, requests: [request(0, 60), request(0, 120), request(1), request(2)] }),
    ).toEqual(['nothing is sent again once its end is journaled', 'a former owner starts no attempt']);
  });

  it('sees an attempt after the stop', () => {
    const integrations = [{ id: 'int', tenantId: 't', name: 'failing', disableAfter: 2, ordering: 'strict' as const }];
    const failed = (n: number) =>
      entry(n, { push: 'failed', outcome: 'failed', consecutiveFailures: Math.min(n + 1, 2) });
    const deliveries = healthy().deliveries.map((view) => ({ ...view, status: 'failed' as const }));
    const stoppedAfterTwo = {
      integrations,
      journal: [failed(0), failed(1)],
      attempts: healthy().attempts.slice(0, 2),
      deliveries: [
        ...deliveries.slice(0, 2),
        { ...healthy().deliveries[2], status: 'held' } as Evidence['deliveries'][number],
      ],
      requests: [request(0, 0, { status: 500 }), request(1, 100, { status: 500 })],
      runs: [{ integrationId: 'int', enablement: 1, consecutiveFailures: 2, stopped: 'consecutive_failures' }],
    };
    expect(rulesBroken(stoppedAfterTwo)).toEqual([]);
    const third = {
      ...stoppedAfterTwo,
      journal: [failed(0), failed(1), failed(2)],
      attempts: healthy().attempts,
      deliveries,
      requests: [...stoppedAfterTwo.requests, request(2, 200, { status: 500 })],
    };
    expect(rulesBroken(third)).toEqual(['no attempt starts after the stop']);
    // Enabled again before the third.
    const again = { ...entry(2), push: 'failed', outcome: 'failed', enablement: 2, consecutiveFailures: 1 } as const;
    const enabled = {
      ...third,
      journal: [failed(0), failed(1), again],
      changes: [change('enabled', 150)],
      runs: [{ integrationId: 'int', enablement: 2, consecutiveFailures: 1, stopped: null }],
    };
    expect(rulesBroken(enabled)).toEqual([]);
    expect(rulesBroken({ ...enabled, changes: [change('enabled', 250)] })).toEqual([
      'no attempt starts after the stop',
    ]);
  });

  it('sees what is sent after a disabling that came before it, and excuses what had been accepted', () => {
    const stop = 'no attempt starts after the stop';
    expect(rulesBroken({ changes: [change('disabled', 150, { laterFrom: 2 })] })).toEqual([stop]);
    expect(rulesBroken({ changes: [change('disabled', 150, { laterFrom: 3 })] })).toEqual([]);
  });

  it('sees an attempt that goes to a former address, and none that was accepted before the change', () => {
    const moved = (laterFrom: number) => ({ changes: [change('moved', 150, { address: 1, laterFrom })] });
    expect(rulesBroken(moved(2))).toEqual(['attempts use the current settings']);
    expect(rulesBroken(moved(3))).toEqual([]);
    const requests = [request(0), request(1), request(2, 200, { address: 1 })];
    expect(rulesBroken({ ...moved(2), requests })).toEqual([]);
  });

  it('asks for no delivery to an integration that was deleted meanwhile, and for an end of each that there is', () => {
    const deliveries = healthy().deliveries.slice(0, 2);
    const changes = [change('deleted', 150, { laterFrom: 3 })];
    const gone = { requests: healthy().requests.slice(0, 2), journal: healthy().journal.slice(0, 2) };
    const attempts = healthy().attempts.slice(0, 2);
    expect(rulesBroken({ ...gone, attempts, deliveries, changes })).toEqual([]);
    expect(rulesBroken({ ...gone, attempts, deliveries })).toEqual(['every acknowledged event is accounted for']);
  });

  it('sees counts that differ from the journal', () => {
    const runs = [{ integrationId: 'int', enablement: 1, consecutiveFailures: 1, stopped: null }];
    expect(rulesBroken({ runs })).toEqual(['counters equal rows']);
    expect(rulesBroken({ attempts: healthy().attempts.slice(1) })).toEqual(['counters equal rows']);
    expect(rulesBroken({ journal: [entry(0, { consecutiveFailures: 1 }), entry(1), entry(2)] })).toEqual([
      'counters equal rows',
    ]);
  });

  it('sees attempts that are numbered anew', () => {
    const journal = [entry(0, { attempt: 2 }), entry(1), entry(2)];
    const attempts = healthy().attempts.map((view, n) => (n === 0 ? { ...view, attempt: 2 } : view));
    expect(rulesBroken({ journal, attempts })).toEqual(['attempts are numbered on']);
  });

  it('takes a record that was appended twice once', () => {
    const { journal } = healthy();
    expect(rulesBroken({ journal: [...journal, { ...(journal[2] as JournalEntry), offset: 9 }] })).toEqual([]);
  });

  it('asks for order within a key alone where lanes are by key, and for none where they are unordered', () => {
    const integrations = (ordering: TestedIntegration['ordering']) => ({
      integrations: [{ id: 'int', tenantId: 't', name: 'laned', disableAfter: null, ordering }],
    });
    const overtaking = {
      requests: [request(1, 0), request(0, 100), request(2)],
      journal: [entry(1, { atMs: 0 }), entry(0, { atMs: 100 }), entry(2)],
    };
    expect(rulesBroken({ ...integrations('strict'), ...overtaking })).toEqual(['first successes come in order']);
    expect(rulesBroken({ ...integrations('by-key'), ...overtaking })).toEqual([]);
    expect(rulesBroken({ ...integrations('unordered'), ...overtaking })).toEqual([]);
  });

  it('takes a batch for the deliveries in it, and sees when one that failed comes with others', () => {
    const all = ['dlv_0', 'dlv_1', 'dlv_2'];
    const batch = (members: number[], atMs: number, change: Partial<SeenRequest> = {}) =>
      request(0, atMs, { members, ...change });
    const failed = entry(0, { members: all.slice(0, 2), push: 'pending', outcome: 'failed' });
    const again = (members: string[]) => entry(0, { members, attempt: 2, atMs: 100, sequence: 2 });
    const evidence = (first: number[], second: number[]) => ({
      requests: [batch(first, 0, { status: 500 }), batch(second, 100), ...(second.length < 3 ? [request(2, 200)] : [])],
      journal: [failed, again(second.map((n) => `dlv_${n}`)), ...(second.length < 3 ? [entry(2)] : [])],
      attempts: [
        { deliveryId: 'dlv_0', epoch: 1, attempt: 1, late: false },
        { deliveryId: 'dlv_0', epoch: 1, attempt: 2, late: false },
        ...(second.length < 3 ? [{ deliveryId: 'dlv_2', epoch: 1, attempt: 1, late: false }] : []),
      ],
    });
    expect(rulesBroken(evidence([0, 1], [0, 1]))).toEqual([]);
    expect(rulesBroken(evidence([0, 1], [0, 1, 2]))).toEqual(['a batch that failed keeps its members']);
  });
});
