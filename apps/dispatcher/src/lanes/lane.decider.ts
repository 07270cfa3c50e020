import { emptyFifo, first, push, take, withoutFirst } from './fifo.js';
import {
  DISCARD_RECORD_MAX_DELIVERIES,
  DRAIN_LOAD_ROWS_MAX,
  DRAIN_READ_AHEAD_ROWS,
  LANE_QUEUE_MAX_BYTES,
  LANE_QUEUE_MAX_COUNT,
  PARK_ROWS_MAX,
  UNACKNOWLEDGED_OUTCOMES_MAX,
} from './lane.bounds.js';
import type {
  LaneEffect,
  LaneHead,
  LaneInput,
  LaneItem,
  LanePermission,
  LaneState,
  OpenOutcome,
} from './lane.types.js';

export interface LaneDecision<I extends LaneItem> {
  readonly state: LaneState<I>;
  readonly effects: readonly LaneEffect<I>[];
}

export interface LaneBeginning {
  permission: LanePermission;
  discardBefore: number;
  /** What is stored of the lane, and its first row. */
  rows: number;
  firstRow: { offset: number; version: number; attempt: number; dueAtMs: number | null } | null;
}

/** The lane's copy of its state while one input is applied; nobody else sees it before it is returned. */
type Draft<I extends LaneItem> = { -readonly [K in keyof LaneState<I>]: LaneState<I>[K] };

/** A lane as its owner finds it: empty, or with rows. A lane with rows needs a `timer fired` to begin. */
export function beginLane<I extends LaneItem>(beginning: LaneBeginning): LaneState<I> {
  const { permission, discardBefore, rows, firstRow } = beginning;
  const stopped = permission === 'hold';
  const head: LaneHead<I> | null =
    stopped || firstRow?.dueAtMs == null || isDiscarded({ permission, discardBefore }, firstRow)
      ? null
      : { status: 'waiting', ...firstRow, dueAtMs: firstRow.dueAtMs };
  return {
    phase: stopped ? 'stopped' : rows > 0 ? 'parked' : 'flowing',
    permission,
    discardBefore,
    head,
    queue: emptyFifo(),
    queueBytes: 0,
    loaded: emptyFifo(),
    rows,
    readThrough: -1,
    endedThrough: -1,
    storing: null,
    storePaused: false,
    loadPaused: false,
    spill: false,
    loading: false,
    loadStale: false,
    tending: false,
    tendWanted: stopped && rows > 0,
    outcomes: [],
    nextOutcome: 1,
    gate: null,
    lost: false,
  };
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
    settlePhase(lane);
    startNext(lane, effects);
    settlePhase(lane);
    readAhead(lane, effects);
    tend(lane, effects);
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
      return attemptEnded(lane, input, effects);
    case 'attempt withdrawn':
      if (lane.head?.status === 'running') putBack(lane, lane.head);
      return;
    case 'outcome acknowledged':
      return outcomeAcknowledged(lane, input.outcome, effects);
    case 'rows stored':
      return rowsStored(lane, effects);
    case 'rows failed':
      return rowsFailed(lane, input.retryAtMs, effects);
    case 'rows loaded':
      return rowsLoaded(lane, input.items);
    case 'load failed':
      lane.loading = false;
      lane.loadStale = false;
      lane.loadPaused = true;
      effects.push({ kind: 'set timer', atMs: input.retryAtMs });
      return;
    case 'held tended':
      lane.tending = false;
      lane.rows -= input.removed;
      if (lane.phase === 'stopped' && input.againAtMs !== null)
        effects.push({ kind: 'set timer', atMs: input.againAtMs });
      return;
    case 'timer fired':
      return timerFired(lane, input.nowMs, effects);
    case 'integration changed':
      return integrationChanged(lane, input.permission, input.discardBefore);
    case 'memory short':
      return leaveMemory(lane);
    case 'lease lost':
      lane.lost = true;
      return;
  }
}

function enqueue<I extends LaneItem>(lane: Draft<I>, items: readonly I[]): void {
  lane.queue = push(lane.queue, items);
  for (const item of items) lane.queueBytes += item.bytes;
}

function leaveMemory<I extends LaneItem>(lane: Draft<I>): void {
  if (lane.phase === 'flowing' && lane.queue.length > 0) lane.phase = 'parking';
  if (lane.phase === 'draining') lane.spill = true;
}

function attemptEnded<I extends LaneItem>(
  lane: Draft<I>,
  input: Extract<LaneInput<I>, { kind: 'attempt ended' }>,
  effects: LaneEffect<I>[],
): void {
  if (lane.head?.status !== 'running') return;
  const { item, stored } = lane.head;
  const ended = input.result === 'delivered' || input.result === 'failed';
  const outcome = openOutcome(lane, ended ? [item] : [], stored);
  effects.push({ kind: 'journal', outcome, what: 'attempt', item });
  if (input.counted) lane.gate = outcome;
  if (input.result === 'aborted') return putBack(lane, lane.head);
  if (ended) {
    lane.head = null;
    if (input.result === 'delivered' && lane.phase !== 'flowing' && lane.phase !== 'stopped') lane.phase = 'draining';
    return;
  }
  const next = input.result as Exclude<typeof input.result, string>;
  lane.head = { status: 'failed', item: { ...item, attempt: next.attempt, dueAtMs: next.dueAtMs }, stored };
  // The journal knows of the attempt before a row does: a row alone would hide the attempt from the event log.
  lane.gate = outcome;
  forgetLoaded(lane);
  if (lane.phase !== 'stopped') lane.phase = 'parking';
}

/** Opens an outcome under which deliveries end (none: only recorded). */
function openOutcome<I extends LaneItem>(lane: Draft<I>, ended: readonly I[], stored: boolean): number {
  const id = lane.nextOutcome;
  const ends = ended.length === 0 ? null : stored ? 'rows' : 'offsets';
  const outcome: OpenOutcome = { id, offsets: ended.map((item) => item.offset), ends };
  lane.nextOutcome = id + 1;
  lane.outcomes = [...lane.outcomes, outcome];
  if (stored) lane.rows -= ended.length;
  for (const item of ended) lane.endedThrough = Math.max(lane.endedThrough, item.offset);
  return id;
}

/** The head was not attempted: it is the next again. Where what is behind it has rows, it needs one before them. */
function putBack<I extends LaneItem>(lane: Draft<I>, head: Extract<LaneHead<I>, { item: I }>): void {
  lane.head = null;
  if (head.stored) return forgetLoaded(lane);
  if (lane.phase === 'flowing') {
    lane.queue = push(push(emptyFifo<I>(), [head.item]), take(lane.queue, lane.queue.length).taken);
    lane.queueBytes += head.item.bytes;
    return;
  }
  lane.head = { status: 'failed', item: head.item, stored: false };
  if (lane.phase !== 'stopped') lane.phase = 'parking';
  forgetLoaded(lane);
}

/** What was read can be read again; a read under way comes back useless. */
function forgetLoaded<I extends LaneItem>(lane: Draft<I>): void {
  lane.loaded = emptyFifo();
  lane.readThrough = lane.endedThrough;
  lane.loadStale = lane.loading;
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
  lane.rows += items.length;
  for (const item of items) effects.push({ kind: 'mark offset done', offset: item.offset });
  if (head && lane.head?.status === 'failed') {
    const { offset, version, attempt, dueAtMs } = lane.head.item;
    lane.head = null;
    if (lane.phase !== 'stopped' && dueAtMs !== null && !isDiscarded(lane, { version })) {
      lane.head = { status: 'waiting', offset, version, attempt, dueAtMs };
      effects.push({ kind: 'set timer', atMs: dueAtMs });
    }
  }
  if (lane.phase === 'stopped') lane.tendWanted = true;
}

function rowsFailed<I extends LaneItem>(lane: Draft<I>, retryAtMs: number, effects: LaneEffect<I>[]): void {
  if (lane.storing === null) return;
  const head = lane.storing.head && lane.head?.status === 'failed' ? lane.head.item.offset : -1;
  const again = lane.storing.items.filter((item) => item.offset !== head);
  lane.storing = null;
  lane.storePaused = true;
  const later = take(lane.queue, lane.queue.length).taken;
  lane.queue = push(emptyFifo<I>(), [...again, ...later]);
  for (const item of again) lane.queueBytes += item.bytes;
  effects.push({ kind: 'set timer', atMs: retryAtMs });
}

function rowsLoaded<I extends LaneItem>(lane: Draft<I>, items: readonly I[]): void {
  lane.loading = false;
  const stale = lane.loadStale;
  lane.loadStale = false;
  if (stale) return;
  lane.loaded = push(lane.loaded, items);
  lane.readThrough = items.at(-1)?.offset ?? lane.readThrough;
  // Where nothing was found, the rows that are not in memory do not exist.
  if (items.length === 0)
    lane.rows = lane.loaded.length + (lane.head?.status === 'running' && lane.head.stored ? 1 : 0);
}

function timerFired<I extends LaneItem>(lane: Draft<I>, nowMs: number, effects: LaneEffect<I>[]): void {
  lane.storePaused = false;
  lane.loadPaused = false;
  if (lane.phase === 'stopped') lane.tendWanted = lane.rows > 0;
  if (lane.head?.status !== 'waiting') return;
  if (lane.head.dueAtMs <= nowMs) lane.head = null;
  else effects.push({ kind: 'set timer', atMs: lane.head.dueAtMs });
}

function integrationChanged<I extends LaneItem>(
  lane: Draft<I>,
  permission: LanePermission,
  discardBefore: number,
): void {
  lane.permission = permission;
  lane.discardBefore = discardBefore;
  if (permission === 'hold' && lane.phase !== 'stopped') {
    lane.phase = 'stopped';
    lane.spill = false;
    forgetLoaded(lane);
    lane.tendWanted = lane.rows > 0;
    if (lane.head?.status === 'waiting') lane.head = null;
  } else if (permission !== 'hold' && lane.phase === 'stopped') {
    lane.tendWanted = false;
    if (lane.head?.status === 'failed') lane.phase = 'parking';
    else lane.phase = lane.rows > 0 || lane.storing !== null ? 'parked' : 'flowing';
  }
  if (lane.head?.status === 'waiting' && isDiscarded(lane, lane.head)) lane.head = null;
}

function isDiscarded(
  lane: { readonly permission: LanePermission; readonly discardBefore: number },
  item: { readonly version: number },
): boolean {
  return lane.permission === 'discard' || item.version < lane.discardBefore;
}

/** A failed head whose next attempt nobody wants any more ends at once. */
function discardHead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.head?.status !== 'failed' || lane.gate !== null || lane.storing !== null) return;
  if (lane.permission === 'hold' || !isDiscarded(lane, lane.head.item)) return;
  const { item, stored } = lane.head;
  lane.head = null;
  effects.push({ kind: 'journal', what: 'discarded', items: [item], outcome: openOutcome(lane, [item], stored) });
}

/** Writes what the phase wants in rows: one write at a time, the head and what waits behind it together. */
function store<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  const failed = lane.head?.status === 'failed' ? lane.head : null;
  if (lane.storing !== null || lane.storePaused || (failed !== null && lane.gate !== null)) return;
  const toRows = lane.phase === 'parking' || lane.phase === 'parked' || lane.phase === 'stopped' || lane.spill;
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
function settlePhase<I extends LaneItem>(lane: Draft<I>): void {
  if (lane.storing !== null || lane.head?.status === 'failed' || lane.phase === 'stopped') return;
  if (lane.phase === 'parking' && (lane.queue.length === 0 || lane.rows > 0)) lane.phase = 'parked';
  if ((lane.phase === 'parked' || lane.phase === 'draining') && lane.rows === 0) {
    lane.phase = 'flowing';
    lane.spill = false;
  }
}

function startNext<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  while (lane.head === null && lane.gate === null && !lane.tending) {
    if (lane.permission === 'hold' || lane.phase === 'parking') return;
    const stored = lane.phase !== 'flowing';
    const item = first(stored ? lane.loaded : lane.queue);
    if (item === null) {
      if (stored) load(lane, effects);
      return;
    }
    if (isDiscarded(lane, item)) discardRun(lane, stored, effects);
    else if (!stored && item.dueAtMs !== null) return waitForRetry(lane, item, effects);
    else if (lane.outcomes.length >= UNACKNOWLEDGED_OUTCOMES_MAX) return;
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
    if (item === null || items.length === DISCARD_RECORD_MAX_DELIVERIES || !isDiscarded(lane, item)) break;
    dropFirst(lane, stored, item);
    items.push(item);
  }
  effects.push({ kind: 'journal', what: 'discarded', items, outcome: openOutcome(lane, items, stored) });
  settlePhase(lane);
}

function load<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.loading || lane.loadPaused || lane.rows === 0) return;
  lane.loading = true;
  const many = lane.phase === 'draining' || lane.permission === 'discard' || lane.discardBefore > 0;
  effects.push({ kind: 'load rows', after: lane.readThrough, limit: many ? DRAIN_LOAD_ROWS_MAX : 1 });
}

function readAhead<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  if (lane.phase !== 'draining' || lane.tending || lane.loaded.length >= DRAIN_READ_AHEAD_ROWS) return;
  const inMemory = lane.loaded.length + (lane.head?.status === 'running' && lane.head.stored ? 1 : 0);
  if (lane.rows > inMemory) load(lane, effects);
}

function tend<I extends LaneItem>(lane: Draft<I>, effects: LaneEffect<I>[]): void {
  const quiet = lane.head === null && lane.gate === null && lane.storing === null && !lane.tending;
  if (lane.phase !== 'stopped' || !lane.tendWanted || !quiet || lane.rows === 0) return;
  lane.tending = true;
  lane.tendWanted = false;
  effects.push({ kind: 'tend held', after: lane.endedThrough });
}
