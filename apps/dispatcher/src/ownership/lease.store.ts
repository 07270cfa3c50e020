import type { Checkpoint } from '../journal/checkpoint.js';
import type { Fence } from '../lanes/lane.store.js';

/** A lease row as a contender sees it. */
export interface LeaseSeen {
  readonly partition: number;
  readonly epoch: number;
  readonly renewal: number;
  /** Null: released. */
  readonly owner: string | null;
}

/** Who takes a lease, and where its HTTP server is reached: null while that is not known. */
export interface LeaseOwner {
  readonly name: string;
  readonly address: string | null;
}

export interface LeaseTaken {
  readonly partition: number;
  readonly epoch: number;
  /** Null where no owner wrote one; `unreadable` where what is stored is none. */
  readonly checkpoint: Checkpoint | null | 'unreadable';
}

export interface Renewal {
  readonly fence: Fence;
  /** Null: keep the stored one. */
  readonly checkpoint: Checkpoint | null;
}

export interface LeaseStore {
  /** The rows of these partitions, made where they are missing. */
  see(partitions: readonly number[]): Promise<readonly LeaseSeen[]>;
  /** Takes those that are still as they were seen, each in an epoch above. */
  take(seen: readonly LeaseSeen[], owner: LeaseOwner): Promise<readonly LeaseTaken[]>;
  /** One statement for all. Returns the partitions whose lease is still of its epoch. */
  renew(renewals: readonly Renewal[], address: string | null): Promise<ReadonlySet<number>>;
  /** Lets a successor take over at once. */
  release(fences: readonly Fence[]): Promise<void>;
  /** Null where nobody has it. Says who had it last: that owner may have lost it, or be gone. */
  ownerOf(partition: number): Promise<LeaseOwner | null>;
}

export const LEASE_STORE = Symbol('LeaseStore');
