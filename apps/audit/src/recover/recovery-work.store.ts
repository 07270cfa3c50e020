import type { Stop } from './recovery.store.js';
import type { ClaimedMember, RecoveryRow } from './recovery.types.js';

/** The right to work a recovery, for a term; each holder has a higher epoch. */
export interface RecoveryLease {
  id: string;
  epoch: number;
}

/** How a recovery stands, for who works it. */
export interface WorkState {
  recovery: RecoveryRow;
  /** Handed over, and not ended by what the views show. */
  pending: number;
  /** Not yet handed over. */
  waiting: number;
  /** Claimed by somebody who did not say whether they were handed over: they may have been. */
  claimed: number;
  startTold: boolean;
  stopTold: boolean;
}

/** What who works recoveries asks. All but `lease` resolve with null, or false, and change nothing once the lease is another's. */
export interface RecoveryWorkStore {
  /**
   * Takes up to `max` recoveries that need work and that nobody holds, but for those that the asker is not done with:
   * first those that nobody ever held, then those whose leases ended longest ago.
   */
  lease(asker: { owner: string; working: readonly string[] }, termMs: number, max: number): Promise<RecoveryLease[]>;
  /** Lets others take it at once, behind those that wait already. */
  release(lease: RecoveryLease): Promise<void>;
  /** Renews the lease, and counts what has ended since. */
  look(lease: RecoveryLease, termMs: number): Promise<WorkState | null>;
  /**
   * The next members in their order: those that were claimed before, else up to `count` of those that wait in a recovery
   * that runs.
   */
  claim(lease: RecoveryLease, count: number): Promise<ClaimedMember[] | null>;
  /** The claimed ones are handed over, but for those whose events are not kept any more. */
  handedOver(lease: RecoveryLease, expired: readonly number[]): Promise<boolean>;
  /** Members whose deliveries stand below this offset are expired, as long as they wait. */
  expireBelow(lease: RecoveryLease, deliveryOffset: number): Promise<boolean>;
  told(lease: RecoveryLease, what: 'start' | 'stop'): Promise<boolean>;
  stopLeased(lease: RecoveryLease, stop: Stop): Promise<boolean>;
  done(lease: RecoveryLease, atMs: number): Promise<boolean>;
  /** Forgets what waits in a stopped recovery. */
  dropWaiting(lease: RecoveryLease): Promise<boolean>;
  /** Nothing is left to do. */
  close(lease: RecoveryLease): Promise<boolean>;
  /** Removes closed recoveries that were started before; resolves with how many. */
  removeStartedBefore(ms: number, maxRows: number): Promise<number>;
}
