import { PUSH_MAX_ITEMS } from '@hookstile/contracts';
import { type Fifo, first, withoutFirst } from './fifo.js';
import {
  ASIDE_RECORD_MAX_DELIVERIES,
  DRAIN_LOAD_ROWS_MAX,
  DRAIN_READ_AHEAD_ROWS,
  PARK_ROWS_MAX,
  UNACKNOWLEDGED_OUTCOMES_MAX,
} from './lane.bounds.js';
import type { LaneEffect, LaneItem } from './lane.types.js';
import {
  bytesOf,
  type Draft,
  forgetLoaded,
  isDiscarded,
  isExhausted,
  openOutcome,
  rowOf,
  rowsInMemory,
} from './lane-draft.js';
import { isTorn, type NextPush, nextPush, takeWhole } from './lane-push.js';

/** A failed head whose next attempt nobody wants any more ends at once. */
export function discardHead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.head?.status !== 'failed' || lane.gate !== null || lane.storing !== null || lane.unsure) return;
  if (lane.rules.permission === 'hold' || !isDiscarded(lane.rules, lane.head.items[0])) return;
  const { items, stored } = lane.head;
  lane.head = null;
  effects.push({ kind: 'journal', what: 'discarded', items, outcome: openOutcome(lane, items, stored) });
}

/** Writes what the phase wants in rows: one write at a time, the head and what waits behind it together. */
export function store<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  const failed = lane.head?.status === 'failed' ? lane.head : null;
  if (lane.storing !== null || lane.storePaused || (failed !== null && lane.gate !== null)) return;
  const toRows =
    lane.phase === 'parking' || lane.phase === 'parked' || lane.phase === 'stopped' || lane.spill || lane.unsure;
  if (!toRows && failed === null) return;
  const { taken, rest } = toRows ? takeWhole(lane.queue, PARK_ROWS_MAX) : { taken: [], rest: lane.queue };
  if (failed === null && taken.length === 0) return;
  lane.queue = rest;
  lane.queueBytes -= bytesOf(taken);
  // What failed under an earlier owner, who had not written its rows, is read whole.
  if (taken[0]?.push != null) lane.frontRows = PUSH_MAX_ITEMS;
  if (rest.length === 0) lane.spill = false;
  const insert = failed === null || failed.stored ? taken : [...failed.items, ...taken];
  lane.storing = { items: insert, head: failed !== null };
  effects.push({ kind: 'park rows', insert, update: failed?.stored ? failed.items : [] });
}

/** Nothing that comes before the rows is on its way any more: neither from the log, nor into rows. */
export function endCatchUp<I extends LaneItem>(lane: Draft<I>): void {
  if (lane.catchUp === null || !lane.catchUp.read || lane.unsure) return;
  const { through } = lane.catchUp;
  const next = lane.storing?.items[0] ?? first(lane.queue);
  if (next === null || next.offset > through) lane.catchUp = null;
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
  while (lane.head === null && lane.gate === null && lane.catchUp === null) {
    if (lane.rules.permission === 'hold' || lane.phase === 'parking') return;
    const stored = lane.phase !== 'flowing';
    const next = nextPush(stored ? lane.loaded : lane.queue, lane.rules);
    if (next === null) {
      if (stored) load(lane, effects);
      return;
    }
    if (lane.outcomes.length >= UNACKNOWLEDGED_OUTCOMES_MAX) return;
    if (isTorn(next.items)) return;
    const [head] = next.items;
    if (isDiscarded(lane.rules, head)) discardRun(lane, stored, effects);
    else if (stored && head.offset === lane.skip) endSkipped(lane, next, effects);
    else if (!stored && (head.dueAtMs !== null || isExhausted(lane.rules, head))) waitForRetry(lane, next, effects);
    else if (stored && isNotDue(lane, head)) waitInRows(lane, head, effects);
    else if (next.open && mustWait(lane, head, stored, effects)) return;
    else {
      dropFirst(lane, stored, next);
      lane.head = { status: 'running', items: next.items, stored };
      effects.push({ kind: 'start attempt', items: next.items, stored });
    }
  }
}

/** Whether a batch waits for more: in memory until the first has waited long enough, of rows until all are read. */
function mustWait<I extends LaneItem>(lane: Draft<I>, head: I, stored: boolean, effects: LaneEffect<I>[]): boolean {
  if (stored) {
    const all = lane.rows <= rowsInMemory(lane);
    if (!all) load(lane, effects);
    return !all;
  }
  const { maxWaitMs } = lane.rules.batch;
  if (maxWaitMs === 0 || head.offset <= lane.ripeThrough) return false;
  effects.push({ kind: 'set timer', atMs: head.arrivedAtMs + maxWaitMs });
  return true;
}

function isNotDue<I extends LaneItem>(lane: Draft<I>, head: I): boolean {
  return isExhausted(lane.rules, head) || (head.dueAtMs !== null && !lane.frontIsDue);
}

/** A push that failed under an earlier owner. */
function waitInRows<I extends LaneItem>(lane: Draft<I>, head: I, effects: LaneEffect<I>[]): void {
  const { dueAtMs, push } = head;
  lane.head = { status: 'waiting', ...rowOf(head) };
  lane.frontRows = push === null ? 1 : PUSH_MAX_ITEMS;
  if (lane.phase === 'draining') lane.phase = 'parked';
  forgetLoaded(lane);
  if (dueAtMs !== null) effects.push({ kind: 'set timer', atMs: dueAtMs });
}

/** A push that failed under an earlier owner, who had not written its rows. */
function waitForRetry<I extends LaneItem>(lane: Draft<I>, next: NextPush<I>, effects: LaneEffect<I>[]): void {
  dropFirst(lane, false, next);
  lane.head = { status: 'failed', items: next.items, stored: false };
  lane.frontRows = next.items.length;
  lane.phase = 'parking';
  store(lane, effects);
}

/** What comes behind a skipped head goes on as behind a success. */
function endSkipped<I extends LaneItem>(lane: Draft<I>, next: NextPush<I>, effects: LaneEffect<I>[]): void {
  const { items } = next;
  dropFirst(lane, true, next);
  lane.skip = null;
  lane.phase = 'draining';
  // Were its record lost, a successor would try it again: nothing behind it may have been sent by then.
  lane.gate = openOutcome(lane, items, true);
  effects.push({ kind: 'journal', what: 'skipped', items, outcome: lane.gate });
  settlePhase(lane);
}

function dropFirst<I extends LaneItem>(
  lane: Draft<I>,
  stored: boolean,
  { items, rest }: { readonly items: readonly I[]; readonly rest: Fifo<I> },
): void {
  if (stored) {
    lane.loaded = rest;
  } else {
    lane.queue = rest;
    lane.queueBytes -= bytesOf(items);
  }
}

function discardRun<I extends LaneItem>(lane: Draft<I>, stored: boolean, effects: LaneEffect<I>[]): void {
  const items: I[] = [];
  let rest = stored ? lane.loaded : lane.queue;
  for (;;) {
    const item = first(rest);
    if (item === null || items.length === ASIDE_RECORD_MAX_DELIVERIES || !isDiscarded(lane.rules, item)) break;
    rest = withoutFirst(rest);
    items.push(item);
  }
  dropFirst(lane, stored, { items, rest });
  effects.push({ kind: 'journal', what: 'discarded', items, outcome: openOutcome(lane, items, stored) });
  settlePhase(lane);
}

function load<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.loading || lane.loadPaused || lane.unsure || lane.rows === 0) return;
  lane.loading = true;
  const { permission, discardBefore, batch } = lane.rules;
  const many = lane.phase === 'draining' || permission === 'discard' || discardBefore > 0;
  const limit = Math.max(many ? DRAIN_LOAD_ROWS_MAX : 1, lane.frontRows, batch.maxItems);
  effects.push({ kind: 'load rows', after: lane.readThrough, limit });
}

export function readAhead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.phase !== 'draining' || lane.catchUp !== null || lane.loaded.length >= DRAIN_READ_AHEAD_ROWS) return;
  if (lane.rows > rowsInMemory(lane)) load(lane, effects);
}
