import { describe, expect, it } from 'vitest';
import { decideLane } from './lane.decider.js';
import type { LaneEffect, LaneItem } from './lane.types.js';
import { aLaneItem } from './lane-delivery.fake.js';
import {
  acknowledged,
  after,
  changed,
  delivered,
  enqueued,
  failedFirst,
  hold,
  type Input,
  items,
  loaded,
  parkedWithTwo,
  send,
  stored,
  timer,
} from './lane-given.fake.js';

describe('a batching lane', () => {
  const batching = changed({ batch: { maxItems: 3, maxWaitMs: 0 } });
  const waiting = changed({ batch: { maxItems: 3, maxWaitMs: 50 } });
  const offsetsOf = (effect: LaneEffect<LaneItem> | undefined) =>
    effect?.kind === 'start attempt' ? effect.items.map(({ offset }) => offset) : null;

  it('sends what waits together, up to the bound', () => {
    expect(offsetsOf(after(batching, enqueued(0, 5)).effects[0])).toEqual([0, 1, 2]);
    expect(offsetsOf(after(batching, enqueued(0, 5), delivered).effects[1])).toEqual([3, 4]);
  });

  it('waits for more until its first delivery has waited long enough, or it is full', () => {
    expect(after(waiting, enqueued(0)).effects).toEqual([{ kind: 'set timer', atMs: 50 }]);
    expect(after(waiting, enqueued(0), enqueued(1)).kinds).toEqual(['set timer']);
    expect(offsetsOf(after(waiting, enqueued(0), enqueued(1), timer(50)).effects[0])).toEqual([0, 1]);
    expect(offsetsOf(after(waiting, enqueued(0), enqueued(1, 2)).effects[0])).toEqual([0, 1, 2]);
  });

  it('keeps together what failed together, whatever came meanwhile and whatever the bound is now', () => {
    const failed: Input[] = [batching, enqueued(0, 2), failedFirst, enqueued(2, 5), acknowledged(1), stored];
    const again = items(0, 7).map((item) => (item.offset < 2 ? { ...item, attempt: 2, dueAtMs: 500, push: 0 } : item));
    const read: Input = { kind: 'rows loaded', items: again };
    expect(offsetsOf(after(...failed, timer(500), read).effects[0])).toEqual([0, 1]);
    const smaller = after(...failed, send, timer(500));
    expect(smaller.effects).toEqual([{ kind: 'load rows', after: -1, limit: 2 }]);
    expect(offsetsOf(decideLane(smaller.state, read).effects[0])).toEqual([0, 1]);
  });

  it('writes the members of a failed push as such', () => {
    const { effects } = after(batching, enqueued(0, 2), failedFirst, acknowledged(1));
    expect(effects).toMatchObject([{ kind: 'park rows', insert: [{ push: 0 }, { push: 0 }] }]);
  });

  it('waits for the rest of a push that failed under an earlier owner, in memory and on the way into rows', () => {
    const member = (offset: number) => aLaneItem({ offset, attempt: 2, dueAtMs: 500, push: 0, pushEnd: 2 });
    const came = (...offsets: number[]): Input => ({ kind: 'enqueued', items: offsets.map(member) });
    expect(after(batching, came(0), came(1)).kinds).toEqual([]);
    expect(after(batching, hold, came(0), came(1)).kinds).toEqual([]);
    for (const stop of [[], [hold]]) {
      expect(after(batching, ...stop, came(0), came(1), came(2)).effects).toMatchObject([
        { kind: 'park rows', insert: [{ offset: 0 }, { offset: 1 }, { offset: 2 }] },
      ]);
    }
    const all: Input[] = [hold, came(0, 1, 2), stored, send];
    expect(after(...all).effects).toEqual([{ kind: 'load rows', after: -1, limit: 100 }]);
  });

  it('ends all of a push by one outcome', () => {
    const { effects } = after(batching, enqueued(0, 2), delivered, acknowledged(1));
    expect(effects).toEqual([
      { kind: 'mark offset done', offset: 0 },
      { kind: 'mark offset done', offset: 1 },
    ]);
  });

  it('reads all its rows, as far as they go into one push, before it sends', () => {
    const parked: Input[] = [hold, enqueued(0, 5), stored];
    expect(after(...parked, batching, loaded(0, 2)).kinds).toEqual(['load rows']);
    expect(offsetsOf(after(...parked, batching, loaded(0, 2), loaded(2, 3)).effects[0])).toEqual([0, 1, 2]);
  });

  it('does not mix what has different triggers', () => {
    const redelivery: Input = { kind: 'enqueued', items: [aLaneItem({ offset: 1, trigger: 'redelivery' })] };
    expect(offsetsOf(after(waiting, enqueued(0), redelivery).effects[0])).toEqual([0]);
  });
});

describe('a lane whose head is exhausted', () => {
  const exhausted: Input = {
    kind: 'attempt ended',
    result: { attempt: 3, dueAtMs: null, exhaustedUnder: 1 },
    counted: true,
  };
  const blocked: Input[] = [enqueued(0, 2), exhausted, acknowledged(1), stored];
  const row: Input = {
    kind: 'rows loaded',
    items: [aLaneItem({ offset: 0, attempt: 3, exhaustedUnder: 1 })],
  };

  it('waits, whatever time passes', () => {
    expect(after(...blocked).state.head).toMatchObject({ status: 'waiting', offset: 0, dueAtMs: null });
    expect(after(...blocked, timer(1e12)).kinds).toEqual([]);
    expect(after(...blocked, send).kinds).toEqual([]);
  });

  it('tries it again under a newer version of the integration', () => {
    expect(after(...blocked, changed({ version: 2 })).kinds).toEqual(['load rows']);
    expect(after(...blocked, changed({ version: 2 }), row).effects).toMatchObject([
      { kind: 'start attempt', items: [{ offset: 0, attempt: 3 }] },
    ]);
  });

  it('ends it as failed when it is skipped, and goes on', () => {
    expect(after(...blocked, { kind: 'skip' }).kinds).toEqual(['load rows']);
    const { state, effects } = after(...blocked, { kind: 'skip' }, row);
    expect(effects).toMatchObject([
      { kind: 'journal', what: 'skipped', items: [{ offset: 0 }] },
      { kind: 'load rows' },
    ]);
    const skipped = state.outcomes[0]?.id ?? 0;
    const read = decideLane(state, loaded(1));
    expect(read.effects, 'sent what could be overtaken').toEqual([]);
    expect(decideLane(read.state, acknowledged(skipped)).effects).toContainEqual(
      expect.objectContaining({ kind: 'start attempt' }),
    );
  });

  it('skips nothing that is not exhausted', () => {
    expect(after(...parkedWithTwo, { kind: 'skip' }).kinds).toEqual([]);
  });
});
