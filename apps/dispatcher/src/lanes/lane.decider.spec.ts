import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANE_QUEUE_MAX_COUNT, UNACKNOWLEDGED_OUTCOMES_MAX } from './lane.bounds.js';
import { decideLane } from './lane.decider.js';
import type { LaneEffect, LaneItem } from './lane.types.js';
import { beginLane } from './lane-beginning.js';
import { aLaneItem } from './lane-delivery.fake.js';
import {
  acknowledged,
  after,
  changed,
  delivered,
  enqueued,
  failedFirst,
  failedForGood,
  hold,
  type Input,
  items,
  loaded,
  parkedWithTwo,
  rules,
  send,
  stored,
  timer,
} from './lane-given.fake.js';
import { LaneWorld } from './lane-world.fake.js';

const HISTORIES = 10_000;
const HISTORIES_TIMEOUT_MS = 60_000;

describe('a flowing lane', () => {
  it('makes one attempt at a time', () => {
    expect(after(enqueued(0, 3)).kinds).toEqual(['start attempt']);
    expect(after(enqueued(0, 3), enqueued(3)).kinds).toEqual([]);
  });

  it('goes on after a success without waiting for its acknowledgement', () => {
    expect(after(enqueued(0, 2), delivered).kinds).toEqual(['journal', 'start attempt']);
  });

  it('marks an offset done when the journal has its outcome, not before', () => {
    expect(after(enqueued(0), delivered, acknowledged(1)).effects).toEqual([{ kind: 'mark offset done', offset: 0 }]);
  });

  it('starts no attempt while four outcomes are unacknowledged', () => {
    const four = [delivered, delivered, delivered, delivered];
    expect(after(enqueued(0, 9), ...four).kinds).toEqual(['journal']);
    expect(after(enqueued(0, 9), ...four, acknowledged(1)).kinds).toContain('start attempt');
  });

  it('never touches rows while its pushes succeed', () => {
    const { state } = after(enqueued(0, 2), delivered, acknowledged(1), delivered, acknowledged(2));
    expect(state).toMatchObject({ phase: 'flowing', rows: 0, head: null });
  });

  it('goes on after a failed push once the counts have it', () => {
    expect(after(enqueued(0, 2), failedForGood).kinds).toEqual(['journal']);
    expect(after(enqueued(0, 2), failedForGood, acknowledged(1)).kinds).toEqual(['mark offset done', 'start attempt']);
  });

  it('parks at its bound, and its attempt goes on', () => {
    const { state, kinds } = after(enqueued(0, LANE_QUEUE_MAX_COUNT + 2));
    expect(kinds).toEqual(['park rows']);
    expect(after(enqueued(0, 1), enqueued(1, LANE_QUEUE_MAX_COUNT + 2)).state.head).toMatchObject({
      status: 'running',
    });
    expect(state.phase).toBe('parking');
  });
});

describe('a parking lane', () => {
  it('writes the head and what waits behind it in one write, after the journal has the failure', () => {
    expect(after(enqueued(0, 3), failedFirst).kinds).toEqual(['journal']);
    const { effects } = after(enqueued(0, 3), failedFirst, acknowledged(1));
    expect(effects).toMatchObject([
      {
        kind: 'park rows',
        insert: [{ offset: 0, attempt: 2, dueAtMs: 500 }, { offset: 1 }, { offset: 2 }],
        update: [],
      },
    ]);
  });

  it('marks the offsets done once the rows are stored, and waits for the due time', () => {
    expect(after(enqueued(0, 2), failedFirst, acknowledged(1), stored).effects).toEqual([
      { kind: 'mark offset done', offset: 0 },
      { kind: 'mark offset done', offset: 1 },
      { kind: 'set timer', atMs: 500 },
    ]);
  });

  it('writes again after a failed write', () => {
    const failed: Input = { kind: 'rows failed', retryAtMs: 50 };
    const { effects } = after(enqueued(0, 2), failedFirst, acknowledged(1), failed, timer(50));
    expect(effects).toMatchObject([{ kind: 'park rows', insert: [{ offset: 0, attempt: 2 }, { offset: 1 }] }]);
  });
});

describe('a parked lane', () => {
  it('sends records to rows', () => {
    expect(after(...parkedWithTwo, enqueued(2)).effects).toMatchObject([
      { kind: 'park rows', insert: [{ offset: 2 }] },
    ]);
  });

  it('starts nothing before the head is due, then the head', () => {
    expect(after(...parkedWithTwo, timer(499)).kinds).toEqual(['set timer']);
    expect(after(...parkedWithTwo, timer(500)).effects).toEqual([{ kind: 'load rows', after: -1, limit: 1 }]);
    expect(after(...parkedWithTwo, timer(500), loaded(0)).effects).toMatchObject([
      { kind: 'start attempt', items: [{ offset: 0 }], stored: true },
    ]);
  });

  it('tries its head when it is due, however many records keep coming', () => {
    const busy: Input[] = [enqueued(0, 2), failedFirst, acknowledged(1), enqueued(2), stored, enqueued(3)];
    expect(after(...busy, timer(500)).kinds).toEqual(['load rows']);
  });

  it('changes the row of a head that failed again', () => {
    const again = after(...parkedWithTwo, timer(500), loaded(0), failedFirst, acknowledged(2));
    expect(again.effects).toMatchObject([{ kind: 'park rows', insert: [], update: [{ offset: 0, attempt: 2 }] }]);
  });
});

describe('a draining lane', () => {
  const draining: Input[] = [...parkedWithTwo, timer(500), loaded(0), delivered];

  it('keeps new records in memory behind its rows', () => {
    expect(after(...draining).state.phase).toBe('draining');
    const { state, kinds } = after(...draining, enqueued(2));
    expect([kinds, state.queue.length]).toEqual([[], 1]);
  });

  it('deletes the row of a success once the journal has it', () => {
    expect(after(...draining, acknowledged(2)).effects).toContainEqual({ kind: 'delete rows', offsets: [0] });
  });

  it('flows again when its rows are empty', () => {
    expect(after(...draining, enqueued(2), loaded(1), delivered).effects).toMatchObject([
      { kind: 'journal' },
      { kind: 'start attempt', items: [{ offset: 2 }], stored: false },
    ]);
  });

  it('does not flow while an insert is pending, for the next record would overtake it', () => {
    const inputs: Input[] = [...parkedWithTwo, timer(500), loaded(0), enqueued(2), delivered, loaded(1), delivered];
    expect(after(...inputs).state).toMatchObject({ phase: 'draining', rows: 0 });
    expect(after(...inputs, enqueued(3)).kinds).toEqual([]);
    expect(after(...inputs, enqueued(3), stored).kinds).toContain('load rows');
  });

  it('parks what waits in memory at a failure', () => {
    const { effects } = after(...draining, enqueued(2), loaded(1), failedFirst, acknowledged(3));
    expect(effects).toMatchObject([
      { kind: 'park rows', insert: [{ offset: 2 }], update: [{ offset: 1, attempt: 2 }] },
    ]);
  });
});

describe('a stopped lane', () => {
  it('starts nothing, and writes what waits as held', () => {
    const { effects } = after(enqueued(0, 3), hold, failedForGood, acknowledged(1));
    expect(effects).toEqual([{ kind: 'mark offset done', offset: 0 }]);
    expect(after(enqueued(0, 3), hold).effects).toMatchObject([
      { kind: 'park rows', insert: [{ offset: 1 }, { offset: 2 }] },
    ]);
    expect(after(hold, enqueued(0), stored).effects).toEqual([{ kind: 'mark offset done', offset: 0 }]);
  });

  it('holds a delivery whose attempt failed after the stop', () => {
    const { state, effects } = after(enqueued(0), hold, failedFirst, acknowledged(1));
    expect(effects).toMatchObject([{ kind: 'park rows', insert: [{ offset: 0, attempt: 2 }] }]);
    expect(decideLane(decideLane(state, stored).state, timer(9_999)).effects.map(({ kind }) => kind)).not.toContain(
      'load rows',
    );
  });

  it('sends its rows in order before newer records when it may send again', () => {
    const held: Input[] = [hold, enqueued(0, 2), stored];
    expect(after(...held, send).effects).toEqual([{ kind: 'load rows', after: -1, limit: 1 }]);
    expect(after(...held, send, enqueued(2), loaded(0)).effects).toMatchObject([
      { kind: 'start attempt', items: [{ offset: 0 }] },
    ]);
  });

  it('goes on behind what was discarded while it was stopped', () => {
    const held: Input[] = [hold, enqueued(0, 3), stored, { kind: 'rows discarded', count: 2, through: 1 }];
    expect(after(...held, send).effects).toEqual([{ kind: 'load rows', after: 1, limit: 1 }]);
    expect(after(...held, { kind: 'rows discarded', count: 1, through: 2 }, send).state).toMatchObject({
      phase: 'flowing',
      rows: 0,
    });
  });
});

describe('a lane whose deliveries are not wanted any more', () => {
  it('discards, with a record, what was routed under a version below discardBefore', () => {
    const cut = changed({ discardBefore: 2 });
    const { effects } = after(cut, { kind: 'enqueued', items: [...items(0, 2), ...items(2, 1, 2)] });
    expect(effects).toMatchObject([
      { kind: 'journal', what: 'discarded', items: [{ offset: 0 }, { offset: 1 }] },
      { kind: 'start attempt', items: [{ offset: 2 }] },
    ]);
  });

  it('discards the rows of a deleted integration, also while it waits for a retry', () => {
    const gone = changed({ permission: 'discard' });
    expect(after(...parkedWithTwo, gone).kinds).toEqual(['load rows']);
    expect(after(...parkedWithTwo, gone, loaded(0, 2)).effects).toMatchObject([
      { kind: 'journal', what: 'discarded', items: [{ offset: 0 }, { offset: 1 }] },
    ]);
  });
});

describe('a lane whose rows are ahead of what was read', () => {
  const firstRow = { offset: 5, version: 1, attempt: 1, dueAtMs: null, push: null, exhaustedUnder: null };
  const begun = (...inputs: Input[]) => {
    let state = beginLane<LaneItem>({ rules, rows: 1, firstRow, unreadThrough: 5 });
    let effects: readonly LaneEffect<LaneItem>[] = [];
    for (const input of inputs) ({ state, effects } = decideLane(state, input));
    return effects;
  };
  const caughtUp: Input = { kind: 'caught up' };

  it('sends nothing before the log was read through them', () => {
    expect(begun(timer(0))).toEqual([]);
    expect(begun(timer(0), caughtUp)).toEqual([{ kind: 'load rows', after: -1, limit: 100 }]);
  });

  it('makes what comes before them rows, and sends that first', () => {
    expect(begun(timer(0), enqueued(3))).toMatchObject([{ kind: 'park rows', insert: [{ offset: 3 }] }]);
    expect(begun(timer(0), enqueued(3), caughtUp)).toEqual([]);
    expect(begun(timer(0), enqueued(3), caughtUp, stored)).toContainEqual({ kind: 'load rows', after: -1, limit: 100 });
  });

  it('waits for the due time of what failed under the former owner and was no row', () => {
    const failed = { ...aLaneItem({ offset: 3 }), attempt: 2, dueAtMs: 700 };
    const came: Input = { kind: 'enqueued', items: [failed] };
    const read: Input = { kind: 'rows loaded', items: [failed, aLaneItem({ offset: 5 })] };
    expect(begun(timer(0), came, caughtUp, stored, read)).toEqual([{ kind: 'set timer', atMs: 700 }]);
  });
});

it('does nothing any more once the lease is lost', () => {
  expect(after(enqueued(0, 3), { kind: 'lease lost' }, delivered).effects).toEqual([]);
});

describe('whatever happens in whatever order', () => {
  const anyPlan = fc.array(fc.record({ choice: fc.nat(999), amount: fc.integer({ min: 1, max: 7 }) }), {
    maxLength: 250,
  });

  it('keeps the order, loses nothing, marks each offset done once, and starts nothing while stopped', {
    timeout: HISTORIES_TIMEOUT_MS,
  }, () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const world = new LaneWorld();
        for (const { choice, amount } of plan) world.step(choice, amount);
        world.settle();
        expect(world.violations).toEqual([]);
        expect(world.ended).toEqual(world.enqueuedOffsets);
        expect([...world.doneOffsets].sort((a, b) => a - b)).toEqual(world.enqueuedOffsets);
        expect(world.rows.size).toBe(0);
        expect(world.unacknowledgedMax).toBeLessThanOrEqual(UNACKNOWLEDGED_OUTCOMES_MAX);
      }),
      { numRuns: HISTORIES },
    );
  });
});
