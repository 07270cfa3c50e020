import { describe, expect, it } from 'vitest';
import { decideLane } from './lane.decider.js';
import type { LaneInput, LaneItem, LaneState } from './lane.types.js';
import { beginLane } from './lane-beginning.js';
import { aLaneItem } from './lane-delivery.fake.js';
import { discardableThrough, dueOfSleeper } from './lane-sleep.js';

type Input = LaneInput<LaneItem>;

const rules = {
  permission: 'send' as const,
  discardBefore: 0,
  version: 1,
  batch: { maxItems: 1, maxWaitMs: 0 },
};

function after(...inputs: Input[]): LaneState<LaneItem> {
  let state = beginLane<LaneItem>({ rules, rows: 0, firstRow: null, unreadThrough: null });
  for (const input of inputs) ({ state } = decideLane(state, input));
  return state;
}

const enqueued = (...offsets: number[]): Input => ({
  kind: 'enqueued',
  items: offsets.map((offset) => aLaneItem({ offset })),
});
const failed = (dueAtMs: number | null, exhaustedUnder: number | null = null): Input => ({
  kind: 'attempt ended',
  result: { attempt: 2, dueAtMs, exhaustedUnder },
  counted: true,
});
const acknowledged: Input = { kind: 'outcome acknowledged', outcome: 1 };
const stored: Input = { kind: 'rows stored' };
const changed = (overrides: Partial<LaneState<LaneItem>['rules']>): Input => ({
  kind: 'integration changed',
  rules: { ...rules, ...overrides },
});
const hold = changed({ permission: 'hold' });
const parked: Input[] = [enqueued(0, 1), failed(500), acknowledged, stored];

describe('a lane that may be forgotten', () => {
  it('waits in its rows for the next attempt of its head', () => {
    expect(dueOfSleeper(after(...parked))).toBe(500);
  });

  it('waits for a change of its integration, stopped or held by an exhausted head', () => {
    expect(dueOfSleeper(after(...parked, hold))).toBe(Number.POSITIVE_INFINITY);
    const exhausted = [enqueued(0), failed(null, 1), acknowledged, stored];
    expect(dueOfSleeper(after(...exhausted))).toBe(Number.POSITIVE_INFINITY);
    expect(dueOfSleeper(after(...exhausted, changed({ version: 2 })))).toBeNull();
  });

  it.each([
    ['has no rows', []],
    ['makes an attempt', [enqueued(0)]],
    ['waits for an acknowledgement', [enqueued(0), failed(500)]],
    ['is being written', [enqueued(0), failed(500), acknowledged]],
    ['writes more', [...parked, enqueued(2)]],
    ['may not know what it has written', [...parked, enqueued(2), { kind: 'rows failed', retryAtMs: 9 } as const]],
    ['is read', [...parked, { kind: 'timer fired', nowMs: 500 } as const]],
    ['is being given up', [enqueued(0), failed(null, 1), acknowledged, stored, { kind: 'skip' } as const]],
  ])('is none that %s', (_, inputs: Input[]) => {
    expect(dueOfSleeper(after(...inputs))).toBeNull();
  });
});

describe('what a stopped lane holds', () => {
  it('may be discarded behind its back, but for what is being written', () => {
    expect(discardableThrough(after(...parked, hold))).toBe(Number.POSITIVE_INFINITY);
    expect(discardableThrough(after(...parked, hold, enqueued(7)))).toBe(6);
  });

  it('may not be discarded before its attempt has ended, or while it is not known what was written', () => {
    expect(discardableThrough(after(enqueued(0, 1), hold, stored))).toBeNull();
    expect(discardableThrough(after(hold, enqueued(0), { kind: 'rows failed', retryAtMs: 9 }))).toBeNull();
    expect(discardableThrough(after(...parked))).toBeNull();
  });
});

describe('a lane whose attempt is put off', () => {
  const putOff: Input = { kind: 'put off', dueAtMs: 70 };

  it('writes its push into rows, and makes the same attempt when it is due', () => {
    const { effects } = decideLane(after(enqueued(0, 1)), putOff);
    expect(effects).toMatchObject([
      {
        kind: 'park rows',
        insert: [
          { offset: 0, attempt: 1, dueAtMs: 70 },
          { offset: 1, dueAtMs: null },
        ],
        update: [],
      },
    ]);
    const waiting = after(enqueued(0, 1), putOff, stored);
    expect(dueOfSleeper(waiting)).toBe(70);
    expect(decideLane(waiting, { kind: 'timer fired', nowMs: 70 }).effects).toMatchObject([{ kind: 'load rows' }]);
  });

  it('writes its push into rows also where what is behind it went there before', () => {
    const behind: Input[] = [enqueued(0, 1), { kind: 'memory short' }];
    for (const inputs of [behind, [...behind, stored]]) {
      const waiting = after(...inputs, putOff, stored, stored);
      expect(dueOfSleeper(waiting)).toBe(70);
    }
  });

  it('reads its rows again where they are what is attempted', () => {
    const draining = after(
      ...parked,
      { kind: 'timer fired', nowMs: 500 },
      {
        kind: 'rows loaded',
        items: [aLaneItem({ offset: 0, attempt: 2, dueAtMs: 500 })],
      },
    );
    expect(decideLane(draining, putOff).effects).toMatchObject([{ kind: 'load rows', after: -1 }]);
  });
});
