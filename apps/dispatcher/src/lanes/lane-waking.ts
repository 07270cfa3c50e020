import type { CatchingUp } from './catching-up.js';
import type { DueTimes } from './due-times.js';
import { LANES_AWAKE_OF_ONE_MIN, LANES_AWAKE_PER_ATTEMPT, LOAD_RETRY_DELAY_MS } from './lane.bounds.js';
import { gateBoundsOf, type Lane, type LaneDue, type LanedIntegration, rulesOf, type WakingLane } from './lane.js';
import type { Fence, LaneDelivery, StoredLane } from './lane.store.js';
import type { LaneInput } from './lane.types.js';
import { bytesOf } from './lane-draft.js';
import type { LaneServices } from './lane-services.js';
import type { LanedIntegrations } from './laned-integrations.js';

export interface LaneWakingOptions {
  fence: Fence;
  services: LaneServices;
  integrations: LanedIntegrations;
  catchingUp: CatchingUp;
  times: DueTimes;
  nextOffset(): number;
  isOurs(): boolean;
  give(lane: Lane, input: LaneInput<LaneDelivery>): void;
  /** There is room for another lane of the integration. */
  onRoom(integration: LanedIntegration): void;
}

export function awakeMax({ configuration }: LanedIntegration): number {
  return Math.max(LANES_AWAKE_OF_ONE_MIN, gateBoundsOf(configuration).maxConcurrency * LANES_AWAKE_PER_ATTEMPT);
}

/**
 * Whether what a sleeping lane has is due whatever its rows say: it was held, and while those that were are gone through it
 * has not failed since.
 */
export function wasHeld({ sleepers }: LanedIntegration, key: string): boolean {
  return sleepers.review?.held === true && sleepers.dues.get(key)?.enabled !== sleepers.enabled;
}

/**
 * Lets lanes exist as rows only, and brings them back: what comes for one waits in memory, in order, until it is known
 * what is stored of it.
 */
export class LaneWaking {
  constructor(private readonly options: LaneWakingOptions) {}

  /** @param isNew the lane is this delivery's own: nothing is stored of it */
  enqueue(integration: LanedIntegration, key: string, item: LaneDelivery, isNew: boolean): void {
    const { integrations, give } = this.options;
    const waking = integration.sleepers.waking.get(key);
    const isAsleep = integration.sleepers.may && !isNew && !integration.lanes.has(key);
    if (waking === undefined && !isAsleep) {
      give(integrations.laneOf(integration, key, null), { kind: 'enqueued', items: [item] });
      return;
    }
    this.account(1, item.bytes);
    (waking ?? this.begin(integration, key)).items.push(item);
  }

  /** Tells of the lane once it is in memory; null where nothing is stored of it. */
  wake(integration: LanedIntegration, key: string, awake: (lane: Lane | null) => void = () => {}): void {
    const lane = integration.lanes.get(key);
    if (lane) awake(lane);
    else (integration.sleepers.waking.get(key) ?? this.begin(integration, key)).awake.push(awake);
  }

  /** Forgets a lane that exists as rows. */
  fallAsleep(lane: Lane): void {
    const { sleepers } = lane.integration;
    sleepers.may = true;
    sleepers.slept += 1;
    sleepers.rows += lane.state.rows;
    this.options.times.slept(lane);
    this.drop(lane);
    if (lane.integration.lanes.size === 0) this.options.services.attempts.forget(lane.integration.id);
  }

  drop(lane: Lane): void {
    const { integration, name } = lane;
    this.options.services.timers.forget(lane);
    integration.lanes.delete(name.key);
    const { tending, forgotten } = integration.held;
    const through = Math.max(lane.state.endedThrough, forgotten.get(name.key) ?? -1);
    if (tending) forgotten.set(name.key, through);
    if (!lane.woken) return;
    this.options.services.awake.count -= 1;
    integration.sleepers.woken -= 1;
    this.options.onRoom(integration);
  }

  /** While rows are discarded no lane is looked up; then all that wait for it are. */
  lookAgain(integration: LanedIntegration): void {
    for (const [key, waking] of integration.sleepers.waking) this.look(integration, key, waking);
  }

  lose(integration: LanedIntegration): void {
    const { awake } = this.options.services;
    const { sleepers } = integration;
    for (const { items, awake: waiting } of sleepers.waking.values()) {
      this.account(-items.length, -bytesOf(items));
      for (const tell of waiting) tell(null);
    }
    sleepers.waking.clear();
    awake.count -= sleepers.woken;
  }

  private account(count: number, bytes: number): void {
    const { services, fence } = this.options;
    services.memory.change(fence.partition, count, bytes);
  }

  private begin(integration: LanedIntegration, key: string): WakingLane {
    const waking: WakingLane = { items: [], awake: [], wasHeld: wasHeld(integration, key) };
    integration.sleepers.waking.set(key, waking);
    if (!integration.held.discarding) this.look(integration, key, waking);
    return waking;
  }

  private look(integration: LanedIntegration, key: string, waking: WakingLane): void {
    const { services, fence, isOurs } = this.options;
    const { sleepers, held } = integration;
    sleepers.lookups += 1;
    services.reader.look({ partition: fence.partition, integrationId: integration.id, key }, (found) => {
      if (!isOurs()) return;
      sleepers.lookups -= 1;
      // An answer to an earlier question, since when the lane was awake, says nothing.
      const isCurrent = sleepers.waking.get(key) === waking;
      if (isCurrent && found !== null) this.found(integration, key, waking, found.stored);
      if (isCurrent && found === null) this.lookLater(integration, key, waking);
      if (sleepers.lookups > 0 || held.looked === null) return;
      const { looked } = held;
      held.looked = null;
      looked();
    });
  }

  private lookLater(integration: LanedIntegration, key: string, waking: WakingLane): void {
    this.options.services.later(LOAD_RETRY_DELAY_MS, () => {
      const isCurrent = this.options.isOurs() && integration.sleepers.waking.get(key) === waking;
      if (isCurrent && !integration.held.discarding) this.look(integration, key, waking);
    });
  }

  private found(integration: LanedIntegration, key: string, waking: WakingLane, stored: StoredLane | null): void {
    const { catchingUp, nextOffset } = this.options;
    integration.sleepers.waking.delete(key);
    const { items } = waking;
    const due = this.options.times.woke(integration, key, stored);
    this.account(-items.length, -bytesOf(items));
    const lane = stored !== null || items.length > 0 ? this.bring(integration, key, stored, due, waking) : null;
    catchingUp.reached(nextOffset());
    for (const tell of waking.awake) tell(lane);
    if (lane === null) this.options.onRoom(integration);
  }

  private bring(
    integration: LanedIntegration,
    key: string,
    stored: StoredLane | null,
    due: LaneDue | null,
    { items, ...waking }: WakingLane,
  ): Lane {
    const { services, integrations, give } = this.options;
    const { sleepers } = integration;
    const wasHeld = stored !== null && waking.wasHeld;
    const lane = integrations.laneOf(integration, key, stored, { nextComing: items[0]?.offset ?? null, wasHeld });
    lane.due = due;
    if (stored !== null) {
      sleepers.rows = Math.max(0, sleepers.rows - stored.rows);
      lane.woken = true;
      sleepers.woken += 1;
      services.awake.count += 1;
      give(lane, { kind: 'timer fired', nowMs: services.clock.nowMs() });
      if (wasHeld) give(lane, { kind: 'integration changed', rules: rulesOf(integration) });
    }
    if (items.length > 0) give(lane, { kind: 'enqueued', items });
    return lane;
  }
}
