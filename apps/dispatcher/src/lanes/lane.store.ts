import type { DeliveryEnvelope, IntegrationSignal } from '@hookstile/contracts';
import type { FailureRun } from './failure-run.js';
import type { FirstRow, LaneItem, NextTry } from './lane.types.js';

/** A delivery as a lane's shell keeps it. */
export interface LaneDelivery extends LaneItem {
  readonly envelope: DeliveryEnvelope;
  readonly data: Buffer;
}

/** The right to write of a partition's owner. */
export interface Fence {
  readonly partition: number;
  readonly epoch: number;
}

export interface LaneName {
  readonly partition: number;
  readonly integrationId: string;
  readonly key: string;
}

export interface StoredSignal {
  readonly partition: number;
  readonly signal: IntegrationSignal;
}

/** One write; those of one fence are all written, or none of them. */
export type LaneWrite =
  | {
      readonly kind: 'park';
      readonly fence: Fence;
      readonly lane: LaneName;
      readonly insert: readonly LaneDelivery[];
      readonly update: readonly LaneDelivery[];
      readonly storedAtMs: number;
    }
  /** Whichever lanes the rows are in. */
  | {
      readonly kind: 'delete';
      readonly fence: Fence;
      readonly integrationId: string;
      readonly offsets: readonly number[];
    }
  /** The journal may know of a later attempt than the row; a row that is there and knows it already stays. */
  | {
      readonly kind: 'retry';
      readonly fence: Fence;
      readonly integrationId: string;
      readonly offset: number;
      readonly next: NextTry & { readonly push: number | null };
    }
  /** The lane's rows that are due at `fromMs` are due at `toMs`: the clock that said so was put right. */
  | {
      readonly kind: 'due';
      readonly fence: Fence;
      readonly lane: LaneName;
      readonly fromMs: number;
      readonly toMs: number;
    }
  /** The rows' deliveries were journaled as held. */
  | {
      readonly kind: 'told';
      readonly fence: Fence;
      readonly integrationId: string;
      readonly offsets: readonly number[];
    }
  /** A run that has changed, a stop with it, and the signals that say so. */
  | {
      readonly kind: 'run';
      readonly fence: Fence;
      readonly integrationId: string;
      readonly run: FailureRun;
      readonly signals: readonly IntegrationSignal[];
    }
  | { readonly kind: 'signal'; readonly fence: Fence; readonly signal: IntegrationSignal }
  | { readonly kind: 'signal sent'; readonly fence: Fence; readonly signal: IntegrationSignal };

export interface LoadRequest {
  readonly lane: LaneName;
  /** Rows behind this offset. */
  readonly after: number;
  readonly limit: number;
}

export interface StoredLane {
  readonly name: LaneName;
  readonly rows: number;
  readonly first: FirstRow;
  /** The offset of its last row. */
  readonly last: number;
}

/** A lane with its first row, as far as it is stored. */
export type LaneFirst = Pick<StoredLane, 'name' | 'first'>;

/** Lanes in the order of integration and key, behind one of them, or behind all of an integration. */
export interface LanePageRequest {
  readonly partition: number;
  /** Of this integration only. */
  readonly integrationId: string | null;
  readonly after: { readonly integrationId: string; readonly key: string | null } | null;
  readonly limit: number;
}

export interface DueLane {
  readonly dueAtMs: number;
  readonly integrationId: string;
  readonly key: string;
}

/** Lanes in the order in which they are due, then of integration and key. */
export interface DueRequest {
  readonly partition: number;
  /** Of this integration only. */
  readonly integrationId: string | null;
  /** Of none of these. */
  readonly except: readonly string[];
  readonly after: DueLane | null;
  readonly throughMs: number;
  readonly limit: number;
}

/** Rows of an integration across its lanes, in order. */
export interface BacklogRequest {
  readonly partition: number;
  readonly integrationId: string;
  readonly after: number;
  readonly limit: number;
}

export interface BacklogRow extends WaitingRow {
  readonly key: string;
}

/** Lanes of an integration, as far as its rows were looked at. */
export interface LongestWaiting {
  readonly lanes: readonly LaneFirst[];
  /** The last row that was looked at; null: there are no more. */
  readonly through: number | null;
}

/** What is stored of a partition. */
export interface StoredPartition {
  /** How many rows each integration has; those that have some. */
  readonly rows: ReadonlyMap<string, number>;
  readonly runs: ReadonlyMap<string, FailureRun>;
  readonly signals: readonly StoredSignal[];
}

/** A waiting row without its bytes. */
export interface WaitingRow {
  readonly offset: number;
  readonly envelope: DeliveryEnvelope;
  readonly attempt: number;
  readonly dueAtMs: number | null;
  readonly push: number | null;
  readonly exhaustedUnder: number | null;
  readonly storedAtMs: number;
}

/** Deliveries that wait as rows, counts, stops and signals. Every write checks its fence against the lease row. */
export interface LaneStore {
  /** One transaction. Returns the fences that do not hold any more: nothing of theirs was written. */
  write(writes: readonly LaneWrite[]): Promise<readonly Fence[]>;
  /** Rows in order of their offsets, for each request. */
  load(requests: readonly LoadRequest[]): Promise<readonly (readonly LaneDelivery[])[]>;
  partition(partition: number): Promise<StoredPartition>;
  /** Offsets, from `from` on, whose delivery is a row: a crash can come between the row and the checkpoint. */
  offsets(partition: number, from: number): Promise<readonly number[]>;
  /** For each name; null where it has no rows. */
  lanes(names: readonly LaneName[]): Promise<readonly (StoredLane | null)[]>;
  lanePage(request: LanePageRequest): Promise<readonly LaneFirst[]>;
  /** Lanes of which a row is due. */
  dueLanes(request: DueRequest): Promise<readonly DueLane[]>;
  /** Of an integration's lanes, those whose first row is among the next `rows` behind `after`, in the order of it. */
  longestWaiting(request: BacklogRequest & { readonly rows: number }): Promise<LongestWaiting>;
  /** For each request a lane's rows, oldest first. */
  waiting(requests: readonly LoadRequest[]): Promise<readonly (readonly WaitingRow[])[]>;
  /** The oldest row of each of the integrations that has rows. */
  oldest(partition: number, integrationIds: readonly string[]): Promise<ReadonlyMap<string, WaitingRow>>;
  /** How many rows an integration has behind `after`, up to `limit`. */
  count(request: BacklogRequest): Promise<number>;
  backlog(request: BacklogRequest): Promise<readonly BacklogRow[]>;
  /** Those that were not journaled as held. */
  untold(request: BacklogRequest): Promise<readonly BacklogRow[]>;
}

export const LANE_STORE = Symbol('LaneStore');
