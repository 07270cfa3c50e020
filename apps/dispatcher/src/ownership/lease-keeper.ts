import type { Clock } from '@hookstile/service-runtime';
import type { Logger } from 'pino';
import type { Checkpoint } from '../journal/checkpoint.js';
import { CONTEND_INTERVAL_MS, LEASE_SAFETY_MS, LEASE_TERM_MS, LEASE_TICK_MS, RENEW_AFTER_MS } from './lease.bounds.js';
import type { LeaseSeen, LeaseStore, LeaseTaken } from './lease.store.js';

export interface LeaseHandlers {
  onTaken(taken: LeaseTaken): void;
  /** The deadline passed unrenewed: nothing may start, what runs is aborted. It may be renewed yet. */
  onSuspended(partition: number): void;
  onResumed(partition: number): void;
  /** Another owner has it. */
  onLost(partition: number): void;
  /** What is new to be written with the renewal, or null. */
  checkpointOf(partition: number): Checkpoint | null;
  /** Checkpoints that were written: their offsets may be committed. */
  onCheckpoints(written: ReadonlyMap<number, Checkpoint>): void;
}

interface Held {
  epoch: number;
  /** Monotonic, counted from before the renewal was sent. */
  deadlineMs: number;
  renewedAtMs: number;
  suspended: boolean;
}

export interface LeaseKeeperOptions {
  store: LeaseStore;
  clock: Clock;
  logger: Logger;
  owner: string;
  /** Where this process is reached, as far as that is known by now. */
  address(): string | null;
  /** Whether a former owner certainly runs no more. */
  isDead(owner: string): boolean;
  handlers: LeaseHandlers;
}

/** Takes leases of the partitions that are wanted, and keeps those it has. */
export class LeaseKeeper {
  private readonly held = new Map<number, Held>();
  private wanted = new Set<number>();
  private readonly seen = new Map<number, { lease: LeaseSeen; sinceMs: number }>();
  private contending: NodeJS.Timeout | null = null;
  private ticking: NodeJS.Timeout | null = null;
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly options: LeaseKeeperOptions) {}

  start(): void {
    this.ticking = setInterval(() => this.tick(), LEASE_TICK_MS);
  }

  want(partitions: ReadonlySet<number>): void {
    this.wanted = new Set(partitions);
    for (const partition of this.seen.keys()) if (!this.wanted.has(partition)) this.seen.delete(partition);
    this.contendSoon(0);
  }

  /** Whether an attempt may begin: the deadline has not passed. Reads the clock. */
  holds(partition: number): boolean {
    const held = this.held.get(partition);
    return held !== undefined && !held.suspended && this.options.clock.monotonicMs() < held.deadlineMs;
  }

  /**
   * Writes the newest checkpoints of these partitions now, and lets successors take over. With the store away they are
   * let go of all the same: to renew them any longer would keep them from everybody.
   */
  async release(partitions: readonly number[]): Promise<void> {
    const own = partitions.filter((partition) => this.held.has(partition));
    if (own.length === 0) return;
    const { store, logger } = this.options;
    await this.renew(own, true).catch((error) => logger.warn({ err: error }, 'checkpoints were not written'));
    const fences = own.flatMap((partition) => {
      const held = this.held.get(partition);
      return held ? [{ partition, epoch: held.epoch }] : [];
    });
    for (const partition of own) this.held.delete(partition);
    await store.release(fences).catch((error) => logger.warn({ err: error }, 'leases were not released'));
    // A partition can be wanted again by now.
    if (this.missing().length > 0) this.contendSoon(0);
  }

  /** Ends the timers; leases that are still held are left to expire. */
  async stop(): Promise<void> {
    if (this.ticking) clearInterval(this.ticking);
    if (this.contending) clearTimeout(this.contending);
    this.wanted.clear();
    await this.busy;
  }

  private tick(): void {
    const nowMs = this.options.clock.monotonicMs();
    for (const [partition, held] of this.held) {
      if (held.suspended || nowMs < held.deadlineMs) continue;
      held.suspended = true;
      this.options.handlers.onSuspended(partition);
    }
    void this.renewNow();
  }

  /** Renews what is due, after what is under way. */
  renewNow(): Promise<void> {
    this.busy = this.busy
      .then(() => this.renew([...this.held.keys()], false))
      .catch((error) => this.options.logger.warn({ err: error }, 'leases were not renewed'));
    return this.busy;
  }

  private async renew(partitions: readonly number[], evenIfFresh: boolean): Promise<void> {
    const { store, clock, handlers } = this.options;
    const sentAtMs = clock.monotonicMs();
    const renewals = partitions.flatMap((partition) => {
      const held = this.held.get(partition);
      if (held === undefined) return [];
      const checkpoint = handlers.checkpointOf(partition);
      const due = evenIfFresh || checkpoint !== null || sentAtMs - held.renewedAtMs >= RENEW_AFTER_MS;
      return due ? [{ fence: { partition, epoch: held.epoch }, checkpoint }] : [];
    });
    if (renewals.length === 0) return;
    const renewed = await store.renew(renewals, this.options.address());
    const written = new Map<number, Checkpoint>();
    for (const { fence, checkpoint } of renewals) {
      if (!renewed.has(fence.partition)) this.lose(fence.partition, fence.epoch);
      else if (checkpoint !== null) written.set(fence.partition, checkpoint);
      if (renewed.has(fence.partition)) this.extend(fence.partition, sentAtMs);
    }
    if (written.size > 0) handlers.onCheckpoints(written);
  }

  private extend(partition: number, sentAtMs: number): void {
    const held = this.held.get(partition);
    if (held === undefined) return;
    // Also where the deadline passed between two ticks: who asked meanwhile waits to be told.
    const resumes = held.suspended || this.options.clock.monotonicMs() >= held.deadlineMs;
    held.deadlineMs = sentAtMs + LEASE_TERM_MS - LEASE_SAFETY_MS;
    held.renewedAtMs = sentAtMs;
    if (!resumes) return;
    held.suspended = false;
    this.options.handlers.onResumed(partition);
  }

  /** A write found that the lease is another's. */
  lose(partition: number, epoch: number): void {
    if (this.held.get(partition)?.epoch !== epoch) return;
    this.held.delete(partition);
    this.options.handlers.onLost(partition);
    this.contendSoon(0);
  }

  private contendSoon(delayMs: number): void {
    if (this.contending) clearTimeout(this.contending);
    this.contending = setTimeout(() => {
      this.contending = null;
      this.busy = this.busy
        .then(() => this.contend())
        .catch((error) => this.options.logger.warn({ err: error }, 'leases could not be taken'))
        .finally(() => {
          if (this.missing().length > 0 && this.contending === null) this.contendSoon(CONTEND_INTERVAL_MS);
        });
    }, delayMs);
  }

  private missing(): number[] {
    return [...this.wanted].filter((partition) => !this.held.has(partition));
  }

  private async contend(): Promise<void> {
    const missing = this.missing();
    if (missing.length === 0) return;
    const { store, clock, owner, address, handlers } = this.options;
    const leases = await store.see(missing);
    const nowMs = clock.monotonicMs();
    const free = leases.filter((lease) => this.isFree(lease, nowMs));
    if (free.length === 0) return;
    const sentAtMs = clock.monotonicMs();
    for (const taken of await store.take(free, { name: owner, address: address() })) {
      this.seen.delete(taken.partition);
      if (!this.wanted.has(taken.partition)) {
        await store.release([taken]);
        continue;
      }
      const deadlineMs = sentAtMs + LEASE_TERM_MS - LEASE_SAFETY_MS;
      this.held.set(taken.partition, { epoch: taken.epoch, deadlineMs, renewedAtMs: sentAtMs, suspended: false });
      handlers.onTaken(taken);
    }
  }

  /**
   * Released, or ours though we never learnt that we took it, or its owner is dead, or seen without a renewal for a
   * full term on our own clock.
   */
  private isFree(lease: LeaseSeen, nowMs: number): boolean {
    const { owner, isDead } = this.options;
    if (lease.owner === null || lease.owner === owner || isDead(lease.owner)) return true;
    const before = this.seen.get(lease.partition);
    if (before?.lease.epoch === lease.epoch && before.lease.renewal === lease.renewal) {
      return nowMs - before.sinceMs >= LEASE_TERM_MS;
    }
    this.seen.set(lease.partition, { lease, sinceMs: nowMs });
    return false;
  }
}
