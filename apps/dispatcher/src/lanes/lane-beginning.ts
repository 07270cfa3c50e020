import { PUSH_MAX_ITEMS } from '@hookstile/contracts';
import { emptyFifo } from './fifo.js';
import type { FirstRow, LaneHead, LaneItem, LaneRules, LaneState } from './lane.types.js';
import { isDiscarded, isExhausted } from './lane-draft.js';

export interface LaneBeginning {
  rules: LaneRules;
  /** What is stored of the lane, and its first row. */
  rows: number;
  firstRow: FirstRow | null;
  /** The last row, where the log was not read through it yet: what comes before it may be no row. Else null. */
  unreadThrough: number | null;
}

/** A lane as its owner finds it: empty, or with rows. A lane with rows needs a `timer fired` to begin. */
export function beginLane<I extends LaneItem>(beginning: LaneBeginning): LaneState<I> {
  const { rules, rows, firstRow, unreadThrough } = beginning;
  const stopped = rules.permission === 'hold';
  const waits = firstRow !== null && (firstRow.dueAtMs !== null || isExhausted(rules, firstRow));
  const head: LaneHead<I> | null =
    stopped || !waits || unreadThrough !== null || isDiscarded(rules, firstRow)
      ? null
      : { status: 'waiting', ...firstRow };
  return {
    phase: stopped ? 'stopped' : rows > 0 ? 'parked' : 'flowing',
    rules,
    head,
    queue: emptyFifo(),
    queueBytes: 0,
    loaded: emptyFifo(),
    rows,
    readThrough: -1,
    endedThrough: -1,
    // How many they are is not known; as many as there can be are read.
    frontRows: firstRow?.push == null && unreadThrough === null ? 1 : PUSH_MAX_ITEMS,
    frontIsDue: stopped,
    catchUp: unreadThrough === null ? null : { through: unreadThrough, read: false },
    ripeThrough: -1,
    skip: null,
    storing: null,
    unsure: false,
    storePaused: false,
    loadPaused: false,
    spill: false,
    loading: false,
    loadStale: false,
    outcomes: [],
    nextOutcome: 1,
    gate: null,
    lost: false,
  };
}
