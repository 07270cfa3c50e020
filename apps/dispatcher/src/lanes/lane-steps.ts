import { first, take, withoutFirst } from './fifo.js';
import {
  ASIDE_RECORD_MAX_DELIVERIES,
  DRAIN_LOAD_ROWS_MAX,
  DRAIN_READ_AHEAD_ROWS,
  PARK_ROWS_MAX,
  UNACKNOWLEDGED_OUTCOMES_MAX,
} from './lane.bounds.js';
import type { LaneEffect, LaneItem } from './lane.types.js';
import { type Draft, isDiscarded, openOutcome } from './lane-draft.js';

/** A failed head whose next attempt nobody wants any more ends at once. */
export function discardHead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.head?.status !== 'failed' || lane.gate !== null || lane.storing !== null || lane.unsure) return;
  if (lane.permission === 'hold' || !isDiscarded(lane, lane.head.item)) return;
  const { item, stored } = lane.head;
  lane.head = null;
  effects.push({ kind: 'journal', what: 'discarded', items: [item], outcome: openOutcome(lane, [item], stored) });
}

/** Writes what the phase wants in rows: one write at a time, the head and what waits behind it together. */
export function store<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  const failed = lane.head?.status === 'failed' ? lane.head : null;
  if (lane.storing !== null || lane.storePaused || lane.tending || (failed !== null && lane.gate !== null)) return;
  const toRows =
    lane.phase === 'parking' || lane.phase === 'parked' || lane.phase === 'stopped' || lane.spill || lane.unsure;
  const { taken, rest } = toRows ? take(lane.queue, PARK_ROWS_MAX) : { taken: [], rest: lane.queue };
  if (failed === null && taken.length === 0) return;
  lane.queue = rest;
  for (const item of taken) lane.queueBytes -= item.bytes;
  if (rest.length === 0) lane.spill = false;
  const insert = failed === null || failed.stored ? taken : [failed.item, ...taken];
  lane.storing = { items: insert, head: failed !== null };
  effects.push({ kind: 'park rows', insert, update: failed?.stored ? failed.item : null });
}

/** A pending write counts: a lane that flowed before it was done would let the next record overtake it. */
export function settlePhase<I extends LaneItem>(lane: Draft<I>): void {
  // With the first rows stored the rest may follow: under constant load there is always a write pending.
  if (lane.phase === 'parking' && lane.rows > 0 && lane.head?.status !== 'failed' && !lane.unsure)
    lane.phase = 'parked';
  if (lane.storing !== null || lane.unsure || lane.head?.status === 'failed' || lane.phase === 'stopped') return;
  if (lane.phase === 'parking' && (lane.queue.length === 0 || lane.rows > 0)) lane.phase = 'parked';
  if ((lane.phase === 'parked' || lane.phase === 'draining') && lane.rows === 0) {
    lane.phase = 'flowing';
    lane.spill = false;
  }
}

export function startNext<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  while (lane.head === null && lane.gate === null && !lane.tending) {
    if (lane.permission === 'hold' || lane.phase === 'parking') return;
    const stored = lane.phase !== 'flowing';
    const item = first(stored ? lane.loaded : lane.queue);
    if (item === null) {
      if (stored) load(lane, effects);
      return;
    }
    if (lane.outcomes.length >= UNACKNOWLEDGED_OUTCOMES_MAX) return;
    if (isDiscarded(lane, item)) discardRun(lane, stored, effects);
    else if (!stored && item.dueAtMs !== null) waitForRetry(lane, item, effects);
    else {
      dropFirst(lane, stored, item);
      lane.head = { status: 'running', item, stored };
      effects.push({ kind: 'start attempt', item, stored });
    }
  }
}

/** A delivery that failed under an earlier owner, who had not written its row. */
function waitForRetry<I extends LaneItem>(lane: Draft<I>, item: I, effects: LaneEffect<I>[]): void {
  dropFirst(lane, false, item);
  lane.head = { status: 'failed', item, stored: false };
  lane.phase = 'parking';
  store(lane, effects);
}

function dropFirst<I extends LaneItem>(lane: Draft<I>, stored: boolean, item: I): void {
  if (stored) {
    lane.loaded = withoutFirst(lane.loaded);
  } else {
    lane.queue = withoutFirst(lane.queue);
    lane.queueBytes -= item.bytes;
  }
}

function discardRun<I extends LaneItem>(lane: Draft<I>, stored: boolean, effects: LaneEffect<I>[]): void {
  const items: I[] = [];
  for (;;) {
    const item = first(stored ? lane.loaded : lane.queue);
    if (item === null || items.length === ASIDE_RECORD_MAX_DELIVERIES || !isDiscarded(lane, item)) break;
    dropFirst(lane, stored, item);
    items.push(item);
  }
  effects.push({ kind: 'journal', what: 'discarded', items, outcome: openOutcome(lane, items, stored) });
  settlePhase(lane);
}

function load<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.loading || lane.loadPaused || lane.unsure || lane.rows === 0) return;
  lane.loading = true;
  const many = lane.phase === 'draining' || lane.permission === 'discard' || lane.discardBefore > 0;
  effects.push({ kind: 'load rows', after: lane.readThrough, limit: many ? DRAIN_LOAD_ROWS_MAX : 1 });
}

export function readAhead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.phase !== 'draining' || lane.tending || lane.loaded.length >= DRAIN_READ_AHEAD_ROWS) return;
  const inMemory = lane.loaded.length + (lane.head?.status === 'running' && lane.head.stored ? 1 : 0);
  if (lane.rows > inMemory) load(lane, effects);
}

export function tend<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  const quiet = lane.head === null && lane.gate === null && lane.storing === null && !lane.unsure && !lane.tending;
  if (lane.phase !== 'stopped' || !lane.tendWanted || !quiet || lane.rows === 0) return;
  lane.tending = true;
  lane.tendWanted = false;
  effects.push({ kind: 'tend held', after: lane.endedThrough });
}
