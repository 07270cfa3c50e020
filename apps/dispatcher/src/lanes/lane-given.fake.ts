import { decideLane } from './lane.decider.js';
import type { LaneEffect, LaneInput, LaneItem, LaneRules, LaneState } from './lane.types.js';
import { beginLane } from './lane-beginning.js';
import { aLaneItem } from './lane-delivery.fake.js';

export type Input = LaneInput<LaneItem>;

export const items = (from: number, count: number, version = 1): LaneItem[] =>
  Array.from({ length: count }, (_, i) => aLaneItem({ offset: from + i, version }));

export const rules: LaneRules = {
  permission: 'send',
  discardBefore: 0,
  version: 1,
  batch: { maxItems: 1, maxWaitMs: 0 },
};

/** Given inputs, the effects of the last one, by kind. */
export function after(...inputs: Input[]): {
  state: LaneState<LaneItem>;
  effects: readonly LaneEffect<LaneItem>[];
  kinds: string[];
} {
  let state = beginLane<LaneItem>({ rules, rows: 0, firstRow: null, unreadThrough: null });
  let effects: readonly LaneEffect<LaneItem>[] = [];
  for (const input of inputs) ({ state, effects } = decideLane(state, input));
  return { state, effects, kinds: effects.map((effect) => effect.kind) };
}

export const enqueued = (from: number, count = 1): Input => ({ kind: 'enqueued', items: items(from, count) });
export const delivered: Input = { kind: 'attempt ended', result: 'delivered', counted: false };
export const failedForGood: Input = { kind: 'attempt ended', result: 'failed', counted: true };
export const failedFirst: Input = {
  kind: 'attempt ended',
  result: { attempt: 2, dueAtMs: 500, exhaustedUnder: null },
  counted: true,
};
export const acknowledged = (outcome: number): Input => ({ kind: 'outcome acknowledged', outcome });
export const stored: Input = { kind: 'rows stored' };
export const loaded = (from: number, count = 1): Input => ({ kind: 'rows loaded', items: items(from, count) });
export const timer = (nowMs: number): Input => ({ kind: 'timer fired', nowMs });
export const changed = (to: Partial<LaneRules>): Input => ({ kind: 'integration changed', rules: { ...rules, ...to } });
export const hold = changed({ permission: 'hold' });
export const send = changed({});
export const parkedWithTwo: Input[] = [enqueued(0, 2), failedFirst, acknowledged(1), stored];
