import type { DueLanes } from './due-lanes.js';
import type { DueTimes } from './due-times.js';
import type { HeldBacklogs } from './held-backlogs.js';
import { LANES_IN_MEMORY_OF_ONE, SLEEPERS_CHECK_INTERVAL_MS } from './lane.bounds.js';
import { isIdle, type Lane, type LanedIntegration, owe, sleeperDue } from './lane.js';
import { STRICT_LANE_KEY } from './lane-key.js';
import type { LaneServices } from './lane-services.js';
import { awakeMax, type LaneWaking } from './lane-waking.js';
import type { LanedIntegrations } from './laned-integrations.js';
import type { OldestRows } from './oldest-rows.js';

export interface LaneSweepOptions {
  services: LaneServices;
  integrations: LanedIntegrations;
  waking: LaneWaking;
  times: DueTimes;
  due: DueLanes;
  held: HeldBacklogs;
  oldest: OldestRows;
  isOurs(): boolean;
}

/** Keeps few lanes in memory: those that have something to do, or soon will. */
export class LaneSweep {
  private sleepersCheckedAtMs: number;

  constructor(private readonly options: LaneSweepOptions) {
    this.sleepersCheckedAtMs = options.services.clock.monotonicMs();
  }

  /** Forgets lanes that have nothing to do, or exist as rows; looks for those that have something to do again. */
  sweep(): void {
    const { services, integrations, times, due, held, oldest, isOurs } = this.options;
    if (!isOurs()) return;
    if (times.followClock()) due.startOver();
    for (const integration of integrations.all) {
      // Of most, all lanes sleep: thousands are gone through every second.
      if (integration.lanes.size > 0) this.sweepLanes(integration);
      held.tend(integration);
    }
    void due.look();
    const monotonicMs = services.clock.monotonicMs();
    if (monotonicMs - this.sleepersCheckedAtMs < SLEEPERS_CHECK_INTERVAL_MS) return;
    this.sleepersCheckedAtMs = monotonicMs;
    void oldest.look();
  }

  private sweepLanes(integration: LanedIntegration): void {
    const { waking, due } = this.options;
    for (const lane of [...integration.lanes.values()]) {
      this.dropIfIdle(lane);
      const dueAtMs = this.dueOf(lane);
      if (dueAtMs === null) continue;
      if (due.maySleepUntil(dueAtMs)) waking.fallAsleep(lane);
      else if (due.mustStepAside(lane, dueAtMs)) this.stepAside(lane, dueAtMs);
    }
  }

  dropIfIdle(lane: Lane): void {
    if (lane.integration.lanes.get(lane.name.key) === lane && isIdle(lane)) this.options.waking.drop(lane);
  }

  /** A strict integration's lane stays until the next sweep: it is there again with the next delivery. */
  dropIfSpent(lane: Lane): void {
    if (lane.name.key !== STRICT_LANE_KEY) this.dropIfIdle(lane);
  }

  /** Rows of a lane were written, from `offset` on. */
  stored(lane: Lane, offset: number): void {
    const { held, isOurs } = this.options;
    const { integration, name } = lane;
    if (!isOurs()) return;
    if (integration.permission === 'hold') held.stored(integration, offset);
    const isTooMany = integration.lanes.size > LANES_IN_MEMORY_OF_ONE && name.key !== STRICT_LANE_KEY;
    const dueAtMs = isTooMany && integration.lanes.get(name.key) === lane ? this.dueOf(lane) : null;
    if (dueAtMs !== null) this.stepAside(lane, dueAtMs);
  }

  private dueOf(lane: Lane): number | null {
    const storedMs = sleeperDue(lane);
    return storedMs === null ? null : this.options.times.dueAtMs(lane, storedMs);
  }

  /** It sleeps although it is due soon. */
  private stepAside(lane: Lane, dueAtMs: number): void {
    owe(lane.integration, dueAtMs);
    this.options.waking.fallAsleep(lane);
  }

  /** There is room for another lane of the integration in memory: a page at a time, not lane by lane. */
  wakeMore(integration: LanedIntegration): void {
    const { woken, waking } = integration.sleepers;
    if (this.options.isOurs() && woken + waking.size <= awakeMax(integration) / 2)
      void this.options.due.lookAt(integration);
  }
}
