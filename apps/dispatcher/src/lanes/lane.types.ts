import type { Fifo } from './fifo.js';

/** What a lane must know of a delivery; the shell's type carries the envelope and the bytes beside it. */
export interface LaneItem {
  /** Offset in `deliveries`: the lane's order, and the position of its row. */
  readonly offset: number;
  /** The integration's version that the delivery was routed under. */
  readonly version: number;
  readonly bytes: number;
  /** At most, what a journal record takes to name it. */
  readonly nameBytes: number;
  /** What asked for it: deliveries of different triggers never share a push. */
  readonly trigger: string;
  /** When it came into memory, for how long it waits for others to go out with. */
  readonly arrivedAtMs: number;
  /** Number of its next attempt, from 1. */
  readonly attempt: number;
  /** When that attempt is due, after a failed one; null: at its turn, or never where it is exhausted. */
  readonly dueAtMs: number | null;
  /** The first offset of the push of several that it failed in, whose members stay together; null: of none. */
  readonly push: number | null;
  /** The last offset of that push, where it is known from the journal and its members may be on their way yet. */
  readonly pushEnd: number | null;
  /** The integration's version under which its attempts were exhausted: it is tried under a higher one; or null. */
  readonly exhaustedUnder: number | null;
}

/** What goes out together, and succeeds or fails together: one delivery, or a batch. Never empty. */
export type Push<I extends LaneItem> = readonly [I, ...I[]];

/**
 * - `flowing`: records wait in memory only.
 * - `parking`: on the way into rows; nothing starts until the rows are stored.
 * - `parked`: records go to rows; the head is tried at its due time.
 * - `draining`: rows are sent in order, new records wait in memory behind them.
 * - `stopped`: rows are held.
 */
export type LanePhase = 'flowing' | 'parking' | 'parked' | 'draining' | 'stopped';

/** `hold`: the integration is disabled; `discard`: it was deleted. */
export type LanePermission = 'send' | 'hold' | 'discard';

/** What a lane must know of its integration as it is configured now. */
export interface LaneRules {
  readonly permission: LanePermission;
  /** Deliveries of a lower version end as discarded. */
  readonly discardBefore: number;
  readonly version: number;
  readonly batch: { readonly maxItems: number; readonly maxWaitMs: number };
}

/** A lane's first row, without its bytes. */
export type FirstRow = Pick<LaneItem, 'offset' | 'version' | 'attempt' | 'dueAtMs' | 'push' | 'exhaustedUnder'>;

/** The push whose turn it is: being attempted, or waiting for its next attempt. */
export type LaneHead<I extends LaneItem> =
  | { readonly status: 'running'; readonly items: Push<I>; readonly stored: boolean }
  /** Failed, its next attempt not yet written: rows are inserted, or changed where there are some. */
  | { readonly status: 'failed'; readonly items: Push<I>; readonly stored: boolean }
  /** In its rows, whose bytes are not kept in memory; `due` is null where its attempts are exhausted. */
  | ({ readonly status: 'waiting' } & FirstRow);

/** An outcome that the journal has not acknowledged. */
export interface OpenOutcome {
  readonly id: number;
  readonly offsets: readonly number[];
  /** Whether the deliveries' places are rows (to be deleted) or offsets (to be marked done); null: nothing ended. */
  readonly ends: 'rows' | 'offsets' | null;
}

export interface LaneState<I extends LaneItem> {
  readonly phase: LanePhase;
  readonly rules: LaneRules;
  readonly head: LaneHead<I> | null;
  /** In memory only: their offsets are not done. */
  readonly queue: Fifo<I>;
  readonly queueBytes: number;
  /** Read from rows; they come before `queue`. */
  readonly loaded: Fifo<I>;
  /** Rows whose delivery has not ended, also those in `head` and `loaded`. */
  readonly rows: number;
  /** The positions up to which rows were read, and up to which they ended: an ended row may not be deleted yet. */
  readonly readThrough: number;
  readonly endedThrough: number;
  /** How many rows the lane's first push has, as far as it must be read whole. */
  readonly frontRows: number;
  /** Whether the front row may be tried although it has a due time: that time has come, or it was held since. */
  readonly frontIsDue: boolean;
  /**
   * At a takeover deliveries that come before the first row can still be on their way from the log: nothing starts
   * until the log was `read` through here, and what came is rows too. Null: nothing is on its way.
   */
  readonly catchUp: { readonly through: number; readonly read: boolean } | null;
  /** Through this offset no delivery waits for others to go out with any more. */
  readonly ripeThrough: number;
  /** The first offset of an exhausted push that ends as failed as soon as it is read; or null. */
  readonly skip: number | null;
  readonly storing: { readonly items: readonly I[]; readonly head: boolean } | null;
  /**
   * A write failed, perhaps after it was committed: what it held may be rows, and is at the front of `queue` (or the
   * head) too. Until it is written again nothing is read, and nothing is sent from memory.
   */
  readonly unsure: boolean;
  /** After a failure nothing is written, or read, before the timer. */
  readonly storePaused: boolean;
  readonly loadPaused: boolean;
  /** Whether a draining lane's queue is to be written behind its rows. */
  readonly spill: boolean;
  readonly loading: boolean;
  /** A load that was made useless by a stop: its rows are dropped. */
  readonly loadStale: boolean;
  readonly outcomes: readonly OpenOutcome[];
  readonly nextOutcome: number;
  /** The outcome that must be acknowledged, and folded into the counts, before anything else starts. */
  readonly gate: number | null;
  readonly lost: boolean;
}

/** What comes next of a push that failed and has not ended. */
export type NextTry = Pick<LaneItem, 'attempt' | 'dueAtMs' | 'exhaustedUnder'>;

export type LaneInput<I extends LaneItem> =
  | { readonly kind: 'enqueued'; readonly items: readonly I[] }
  /**
   * `counted`: a failure, or the success that ends a run of them: its fold comes before the next attempt.
   * `aborted`: by ourselves; nothing is known, the same attempt is made again.
   */
  | {
      readonly kind: 'attempt ended';
      readonly result: 'delivered' | 'failed' | 'aborted' | NextTry;
      readonly counted: boolean;
    }
  /** The attempt that was asked for was not begun: its turn had not come when the lane was stopped. */
  | { readonly kind: 'attempt withdrawn' }
  | { readonly kind: 'outcome acknowledged'; readonly outcome: number }
  | { readonly kind: 'rows stored' }
  | { readonly kind: 'rows failed'; readonly retryAtMs: number }
  | { readonly kind: 'rows loaded'; readonly items: readonly I[] }
  | { readonly kind: 'load failed'; readonly retryAtMs: number }
  /** Held rows were discarded, all of them up to this offset, while the lane was stopped and quiet. */
  | { readonly kind: 'rows discarded'; readonly count: number; readonly through: number }
  | { readonly kind: 'timer fired'; readonly nowMs: number }
  | { readonly kind: 'integration changed'; readonly rules: LaneRules }
  /** The log was read through the last row that a former owner wrote. */
  | { readonly kind: 'caught up' }
  /** An admin gives an exhausted push up; nothing where the head is none. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'memory short' }
  /** With memory short the attempt that was asked for, and has not begun, is put off: its push waits in rows. */
  | { readonly kind: 'put off'; readonly dueAtMs: number }
  | { readonly kind: 'lease lost' };

export type LaneEffect<I extends LaneItem> =
  | { readonly kind: 'start attempt'; readonly items: Push<I>; readonly stored: boolean }
  | { readonly kind: 'journal'; readonly outcome: number; readonly what: 'attempt'; readonly items: Push<I> }
  | {
      readonly kind: 'journal';
      readonly outcome: number;
      readonly what: 'discarded' | 'skipped';
      readonly items: readonly I[];
    }
  | {
      readonly kind: 'park rows';
      readonly insert: readonly I[];
      /** The head's rows, where it has some already: their next attempt changes. */
      readonly update: readonly I[];
    }
  | { readonly kind: 'load rows'; readonly after: number; readonly limit: number }
  | { readonly kind: 'delete rows'; readonly offsets: readonly number[] }
  | { readonly kind: 'set timer'; readonly atMs: number }
  | { readonly kind: 'mark offset done'; readonly offset: number };
