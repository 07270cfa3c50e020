import { CLOCK_STEP_MIN_MS, SLEEPERS_TIMED_MAX } from './lane.bounds.js';
import type { Lane, LaneDue, LanedIntegration } from './lane.js';
import type { Fence, StoredLane } from './lane.store.js';
import type { LaneServices } from './lane-services.js';
import type { LanedIntegrations } from './laned-integrations.js';
import { longestWaitMs } from './retry-policy.js';

export interface DueTimesOptions {
  fence: Fence;
  services: LaneServices;
  integrations: LanedIntegrations;
  isOurs(): boolean;
  /** A sleeping lane's row says now that it is due then. */
  onCorrected(integration: LanedIntegration, dueAtMs: number): void;
}

/**
 * When lanes are due, whatever the wall clock does. Rows say it as a time of day; a lane that failed here is due when its
 * delay has passed on the monotonic clock. Where the two come apart, for the wall clock was ahead and was put right, the
 * row is: nobody is tried early, and nobody late, by as much as it was ahead. A clock that jumps forward is believed: a
 * machine that slept looks the same.
 */
export class DueTimes {
  /** By how much the wall clock is ahead of the monotonic one. */
  private aheadMs: number;
  private timed = 0;

  constructor(private readonly options: DueTimesOptions) {
    this.aheadMs = this.nowMs - this.monotonicMs;
  }

  /** How long a lane may wait for this time, which its row says, at the most. */
  waitMaxMs(lane: Lane, atMs: number): number {
    const { status, dueAtMs } =
      lane.state.head?.status === 'waiting' ? lane.state.head : { status: null, dueAtMs: null };
    const retry = lane.integration.configuration?.settings.retry;
    const longestMs = status === 'waiting' && retry ? longestWaitMs(retry) : Number.POSITIVE_INFINITY;
    if (dueAtMs !== atMs) return longestMs;
    if (lane.due?.storedMs !== atMs) {
      const monotonicMs = this.monotonicMs + Math.min(atMs - this.nowMs, longestMs);
      lane.due = { storedMs: atMs, firstMs: atMs, monotonicMs };
    }
    return lane.due.monotonicMs - this.monotonicMs;
  }

  /** The time of day at which a lane is due that may sleep until then as its row says. */
  dueAtMs(lane: Lane, storedMs: number): number {
    return lane.due?.storedMs === storedMs ? this.wallOf(lane.due) : storedMs;
  }

  /** It sleeps from now on. */
  slept({ name, state, due, integration }: Lane): void {
    const { head } = state;
    if (head?.status !== 'waiting' || due === null || due.storedMs !== head.dueAtMs) return;
    const sleeping = { ...due, offset: head.offset, enabled: integration.sleepers.enabled };
    this.correct(integration, name.key, sleeping);
    if (this.timed >= SLEEPERS_TIMED_MAX) return;
    this.timed += 1;
    integration.sleepers.dues.set(name.key, sleeping);
  }

  /** What is known of when it is due, of a lane that is awake now; null: no more than its row says. */
  woke({ sleepers }: LanedIntegration, key: string, stored: StoredLane | null): LaneDue | null {
    const due = sleepers.dues.get(key);
    if (due === undefined) return null;
    sleepers.dues.delete(key);
    this.timed -= 1;
    const storedMs = stored?.first.dueAtMs ?? null;
    return storedMs === null || stored?.first.offset !== due.offset ? null : { ...due, storedMs };
  }

  /** None of its lanes sleeps. */
  forget({ sleepers }: LanedIntegration): void {
    this.timed -= sleepers.dues.size;
    sleepers.dues.clear();
  }

  /** Whether the wall clock jumped since the last look: then what lanes wait for is put right. */
  followClock(): boolean {
    const aheadMs = this.nowMs - this.monotonicMs;
    if (Math.abs(aheadMs - this.aheadMs) < CLOCK_STEP_MIN_MS) return false;
    this.aheadMs = aheadMs;
    for (const integration of this.options.integrations.all) {
      for (const lane of integration.lanes.values()) this.setTimer(lane);
      for (const [key, due] of integration.sleepers.dues) this.correct(integration, key, due);
    }
    return true;
  }

  private get nowMs(): number {
    return this.options.services.clock.nowMs();
  }

  private get monotonicMs(): number {
    return this.options.services.clock.monotonicMs();
  }

  private wallOf({ firstMs, monotonicMs }: LaneDue): number {
    return Math.min(firstMs, Math.ceil(this.nowMs + monotonicMs - this.monotonicMs));
  }

  private setTimer(lane: Lane): void {
    const { head, queue, storing } = lane.state;
    if (head?.status !== 'waiting' || head.dueAtMs === null) return;
    const { timers } = this.options.services;
    // A timer for what is written or read again has to stay: it is the earlier one.
    if (queue.length === 0 && storing === null) timers.forget(lane);
    timers.set(lane, head.dueAtMs, this.waitMaxMs(lane, head.dueAtMs));
  }

  private correct(integration: LanedIntegration, key: string, due: LaneDue & { storedMs: number }): void {
    const { services, fence, isOurs, onCorrected } = this.options;
    const toMs = this.wallOf(due);
    const fromMs = due.storedMs;
    if (Math.abs(toMs - fromMs) < CLOCK_STEP_MIN_MS) return;
    due.storedMs = toMs;
    const lane = { partition: fence.partition, integrationId: integration.id, key };
    services.writer.add({ kind: 'due', fence, lane, fromMs, toMs }, () => {
      if (isOurs()) onCorrected(integration, toMs);
    });
  }
}
