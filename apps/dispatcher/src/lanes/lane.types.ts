import type { Fifo } from './fifo.js';

/** What a lane must know of a delivery; the shell's type carries the envelope and the bytes beside it. */
export interface LaneItem {
  /** Offset in `deliveries`: the lane's order, and the position of its row. */
  readonly offset: number;
  /** The integration's version that the delivery was routed under. */
  readonly version: number;
  readonly bytes: number;
  /** Number of its next attempt, from 1. */
  readonly attempt: number;
  /** When that attempt is due, after a failed one; null: at its turn. */
  readonly dueAtMs: number | null;
}

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

/** The delivery whose turn it is: being attempted, or waiting for its next attempt. */
export type LaneHead<I> =
  | { readonly status: 'running'; readonly item: I; readonly stored: boolean }
  /** Failed, its next attempt not yet written: a row is inserted, or changed where there is one. */
  | { readonly status: 'failed'; readonly item: I; readonly stored: boolean }
  /** In its row; its bytes are not kept in memory. */
  | {
      readonly status: 'waiting';
      readonly offset: number;
      readonly version: number;
      readonly attempt: number;
      readonly dueAtMs: number;
    };

/** An outcome that the journal has not acknowledged. */
export interface OpenOutcome {
  readonly id: number;
  readonly offsets: readonly number[];
  /** Whether the deliveries' places are rows (to be deleted) or offsets (to be marked done); null: nothing ended. */
  readonly ends: 'rows' | 'offsets' | null;
}

export interface LaneState<I extends LaneItem> {
  readonly phase: LanePhase;
  readonly permission: LanePermission;
  /** Deliveries of a lower version end as discarded. */
  readonly discardBefore: number;
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
  readonly storing: { readonly items: readonly I[]; readonly head: boolean } | null;
  /**
   * A write failed, perhaps after it was committed: what it held may be rows, and is at the front of `queue` (or the
   * head) too. Until it is written again nothing is read, nothing is sent from memory and nothing held is tended.
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
  readonly tending: boolean;
  readonly tendWanted: boolean;
  readonly outcomes: readonly OpenOutcome[];
  readonly nextOutcome: number;
  /** The outcome that must be acknowledged, and folded into the counts, before anything else starts. */
  readonly gate: number | null;
  readonly lost: boolean;
}

export interface RetryAt {
  readonly attempt: number;
  readonly dueAtMs: number;
}

export type LaneInput<I extends LaneItem> =
  | { readonly kind: 'enqueued'; readonly items: readonly I[] }
  /**
   * `counted`: a failure, or the success that ends a run of them: its fold comes before the next attempt.
   * `aborted`: by ourselves; nothing is known, the same attempt is made again.
   */
  | {
      readonly kind: 'attempt ended';
      readonly result: 'delivered' | 'failed' | 'aborted' | RetryAt;
      readonly counted: boolean;
    }
  /** The attempt that was asked for was not begun: its turn had not come when the lane was stopped. */
  | { readonly kind: 'attempt withdrawn' }
  | { readonly kind: 'outcome acknowledged'; readonly outcome: number }
  | { readonly kind: 'rows stored' }
  | { readonly kind: 'rows failed'; readonly retryAtMs: number }
  | { readonly kind: 'rows loaded'; readonly items: readonly I[] }
  | { readonly kind: 'load failed'; readonly retryAtMs: number }
  /** Held rows were journaled, and `removed` of them discarded beyond the bounds; null: look again at `againAtMs`. */
  | { readonly kind: 'held tended'; readonly removed: number; readonly againAtMs: number | null }
  | { readonly kind: 'timer fired'; readonly nowMs: number }
  | { readonly kind: 'integration changed'; readonly permission: LanePermission; readonly discardBefore: number }
  | { readonly kind: 'memory short' }
  | { readonly kind: 'lease lost' };

export type LaneEffect<I extends LaneItem> =
  | { readonly kind: 'start attempt'; readonly item: I; readonly stored: boolean }
  | { readonly kind: 'journal'; readonly outcome: number; readonly what: 'attempt'; readonly item: I }
  | { readonly kind: 'journal'; readonly outcome: number; readonly what: 'discarded'; readonly items: readonly I[] }
  | {
      readonly kind: 'park rows';
      readonly insert: readonly I[];
      /** The head's row, where it has one already: its next attempt changes. */
      readonly update: I | null;
    }
  | { readonly kind: 'load rows'; readonly after: number; readonly limit: number }
  | { readonly kind: 'delete rows'; readonly offsets: readonly number[] }
  /** Journal what is held, and discard what is beyond the bounds, in rows behind `after`. */
  | { readonly kind: 'tend held'; readonly after: number }
  | { readonly kind: 'set timer'; readonly atMs: number }
  | { readonly kind: 'mark offset done'; readonly offset: number };
