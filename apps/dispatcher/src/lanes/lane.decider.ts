import { emptyFifo, first, push, take } from './fifo.js';
import { LANE_QUEUE_MAX_BYTES, LANE_QUEUE_MAX_COUNT } from './lane.bounds.js';
import type { LaneEffect, LaneInput, LaneItem, LaneRules, LaneState, NextTry, Push } from './lane.types.js';
import {
  bytesOf,
  type Draft,
  forgetLoaded,
  isDiscarded,
  isExhausted,
  openOutcome,
  parkHead,
  putBack,
  rowOf,
  rowsInMemory,
} from './lane-draft.js';
import { discardHead, endCatchUp, readAhead, settlePhase, startNext, store } from './lane-steps.js';

export interface LaneDecision<I extends LaneItem> {
  readonly state: LaneState<I>;
  readonly effects: readonly LaneEffect<I>[];
}

/**
 * Decides what a lane does next. Keeps the order: one attempt at a time, rows before memory, and nothing behind a
 * delivery that will be tried again. Knows neither Kafka, HTTP, Postgres nor the clock.
 */
export function decideLane<I extends LaneItem>(state: LaneState<I>, input: LaneInput<I>): LaneDecision<I> {
  if (state.lost) return { state, effects: [] };
  const lane: Draft<I> = { ...state };
  const effects: LaneEffect<I>[] = [];
  apply(lane, input, effects);
  if (!lane.lost) {
    discardHead(lane, effects);
    store(lane, effects);
    endCatchUp(lane);
    settlePhase(lane);
    startNext(lane, effects);
    settlePhase(lane);
    readAhead(lane, effects);
  }
  return { state: lane, effects };
}

function apply<I extends LaneItem>(lane: Draft<I>, input: LaneInput<I>, effects: LaneEffect<I>[]): void {
  switch (input.kind) {
    case 'enqueued':
      enqueue(lane, input.items);
      if (lane.queue.length > LANE_QUEUE_MAX_COUNT || lane.queueBytes > LANE_QUEUE_MAX_BYTES) leaveMemory(lane);
      return;
    case 'attempt ended':
      attemptEnded(lane, input, effects);
      return;
    case 'attempt withdrawn':
      if (lane.head?.status === 'running') putBack(lane, lane.head);
      return;
    case 'outcome acknowledged':
      outcomeAcknowledged(lane, input.outcome, effects);
      return;
    case 'rows stored':
      rowsStored(lane, effects);
      return;
    case 'rows failed':
      rowsFailed(lane, input.retryAtMs, effects);
      return;
    case 'rows loaded':
      rowsLoaded(lane, input.items);
      return;
    case 'load failed':
      lane.loading = false;
      lane.loadStale = false;
      lane.loadPaused = true;
      effects.push({ kind: 'set timer', atMs: input.retryAtMs });
      return;
    case 'rows discarded':
      lane.rows -= input.count;
      lane.endedThrough = Math.max(lane.endedThrough, input.through);
      lane.readThrough = Math.max(lane.readThrough, input.through);
      return;
    case 'timer fired':
      timerFired(lane, input.nowMs, effects);
      return;
    case 'integration changed':
      integrationChanged(lane, input.rules);
      return;
    case 'caught up':
      if (lane.catchUp !== null) lane.catchUp = { ...lane.catchUp, read: true };
      return;
    case 'skip':
      skip(lane);
      return;
    case 'memory short':
      leaveMemory(lane);
      return;
    case 'put off':
      putOff(lane, input.dueAtMs);
      return;
    case 'lease lost':
      lane.lost = true;
      return;
  }
}

function enqueue<I extends LaneItem>(lane: Draft<I>, items: readonly I[]): void {
  lane.queue = push(lane.queue, items);
  lane.queueBytes += bytesOf(items);
}

function leaveMemory<I extends LaneItem>(lane: Draft<I>): void {
  if (lane.phase === 'flowing' && lane.queue.length > 0) lane.phase = 'parking';
  if (lane.phase === 'draining') lane.spill = true;
}

function putOff<I extends LaneItem>(lane: Draft<I>, dueAtMs: number): void {
  if (lane.head?.status !== 'running') return;
  if (lane.head.stored) {
    putBack(lane, lane.head);
    return;
  }
  const [first, ...others] = lane.head.items;
  parkHead(lane, [{ ...first, dueAtMs }, ...others], false);
}

function attemptEnded<I extends LaneItem>(
  lane: Draft<I>,
  input: Extract<LaneInput<I>, { kind: 'attempt ended' }>,
  effects: LaneEffect<I>[],
): void {
  if (lane.head?.status !== 'running') return;
  const { items, stored } = lane.head;
  const ended = input.result === 'delivered' || input.result === 'failed';
  const outcome = openOutcome(lane, ended ? items : [], stored);
  effects.push({ kind: 'journal', outcome, what: 'attempt', items });
  if (input.counted || input.result === 'failed') lane.gate = outcome;
  if (input.result === 'aborted') {
    putBack(lane, lane.head);
    return;
  }
  if (ended) {
    lane.head = null;
    if (input.result === 'delivered' && lane.phase !== 'flowing' && lane.phase !== 'stopped') lane.phase = 'draining';
    return;
  }
  const next = input.result as Exclude<typeof input.result, string>;
  parkHead(lane, triedAgain(items, next), stored);
  // The journal knows of the attempt before a row does: a row alone would hide the attempt from the event log.
  lane.gate = outcome;
}

/** Several that failed together stay together. */
function triedAgain<I extends LaneItem>(items: Push<I>, { attempt, dueAtMs, exhaustedUnder }: NextTry): Push<I> {
  const [head, ...others] = items;
  const push = others.length > 0 ? head.offset : null;
  const next = { attempt, dueAtMs, exhaustedUnder, push, pushEnd: null };
  return [{ ...head, ...next }, ...others.map((item) => ({ ...item, ...next }))];
}

function outcomeAcknowledged<I extends LaneItem>(lane: Draft<I>, id: number, effects: LaneEffect<I>[]): void {
  const outcome = lane.outcomes.find((open) => open.id === id);
  if (outcome === undefined) return;
  lane.outcomes = lane.outcomes.filter((open) => open !== outcome);
  if (lane.gate === id) lane.gate = null;
  if (outcome.ends === 'rows') effects.push({ kind: 'delete rows', offsets: outcome.offsets });
  if (outcome.ends !== 'offsets') return;
  for (const offset of outcome.offsets) effects.push({ kind: 'mark offset done', offset });
}

function rowsStored<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.storing === null) return;
  const { items, head } = lane.storing;
  lane.storing = null;
  lane.unsure = false;
  lane.rows += items.length;
  for (const item of items) effects.push({ kind: 'mark offset done', offset: item.offset });
  if (head && lane.head?.status === 'failed') {
    const row = rowOf(lane.head.items[0]);
    const { dueAtMs } = row;
    lane.head = null;
    const waits = dueAtMs !== null || isExhausted(lane.rules, row);
    if (lane.phase !== 'stopped' && waits && !isDiscarded(lane.rules, row)) lane.head = { status: 'waiting', ...row };
    if (lane.head !== null && dueAtMs !== null) effects.push({ kind: 'set timer', atMs: dueAtMs });
  }
}

function rowsFailed<I extends LaneItem>(lane: Draft<I>, retryAtMs: number, effects: LaneEffect<I>[]): void {
  if (lane.storing === null) return;
  const head = lane.storing.head && lane.head?.status === 'failed' ? (lane.head.items.at(-1)?.offset ?? -1) : -1;
  const again = lane.storing.items.filter((item) => item.offset > head);
  lane.unsure ||= lane.storing.items.length > 0;
  if (lane.unsure) forgetLoaded(lane);
  lane.storing = null;
  lane.storePaused = true;
  const later = take(lane.queue, lane.queue.length).taken;
  lane.queue = push(emptyFifo<I>(), [...again, ...later]);
  lane.queueBytes += bytesOf(again);
  effects.push({ kind: 'set timer', atMs: retryAtMs });
}

function rowsLoaded<I extends LaneItem>(lane: Draft<I>, items: readonly I[]): void {
  lane.loading = false;
  const stale = lane.loadStale;
  lane.loadStale = false;
  if (stale) return;
  // Rows of a write that has not been answered can be seen already; they count once it is.
  const pending = new Set(lane.storing?.items.map(({ offset }) => offset));
  const known = pending.size === 0 ? items : items.filter(({ offset }) => !pending.has(offset));
  lane.loaded = push(lane.loaded, known);
  lane.readThrough = known.at(-1)?.offset ?? lane.readThrough;
  // Where nothing was found, the rows that are not in memory do not exist.
  if (items.length === 0) lane.rows = rowsInMemory(lane);
}

function timerFired<I extends LaneItem>(lane: Draft<I>, nowMs: number, effects: LaneEffect<I>[]): void {
  lane.storePaused = false;
  lane.loadPaused = false;
  const waiting = first(lane.queue);
  if (waiting !== null && waiting.arrivedAtMs + lane.rules.batch.maxWaitMs <= nowMs) lane.ripeThrough = waiting.offset;
  if (lane.head?.status !== 'waiting' || lane.head.dueAtMs === null) return;
  if (lane.head.dueAtMs <= nowMs) {
    lane.head = null;
    lane.frontIsDue = true;
  } else effects.push({ kind: 'set timer', atMs: lane.head.dueAtMs });
}

/** Ends an exhausted head once its rows, which name its deliveries, are read. */
function skip<I extends LaneItem>(lane: Draft<I>): void {
  if (lane.head?.status !== 'waiting' || !isExhausted(lane.rules, lane.head)) return;
  lane.skip = lane.head.offset;
  lane.head = null;
}

function integrationChanged<I extends LaneItem>(lane: Draft<I>, rules: LaneRules): void {
  const { permission } = rules;
  lane.rules = rules;
  if (permission === 'hold' && lane.phase !== 'stopped') {
    lane.phase = 'stopped';
    lane.spill = false;
    lane.skip = null;
    lane.frontIsDue = true;
    forgetLoaded(lane);
    if (lane.head?.status === 'waiting') lane.head = null;
  } else if (permission !== 'hold' && lane.phase === 'stopped') {
    if (lane.head?.status === 'failed') lane.phase = 'parking';
    else lane.phase = lane.rows > 0 || lane.storing !== null || lane.unsure ? 'parked' : 'flowing';
  }
  const tryAgain = lane.head?.status === 'waiting' && lane.head.dueAtMs === null && !isExhausted(rules, lane.head);
  if (tryAgain || (lane.head?.status === 'waiting' && isDiscarded(rules, lane.head))) lane.head = null;
}
