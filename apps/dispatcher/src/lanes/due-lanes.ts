import { LANES_AWAKE_MAX, SLEEP_AHEAD_MS, WAKE_AHEAD_MS, WAKE_INTERVAL_MS, WAKE_PAGE_LANES } from './lane.bounds.js';
import { type Lane, type LanedIntegration, owe, rulesOf } from './lane.js';
import type { DueLane, Fence, LaneFirst, LanePageRequest } from './lane.store.js';
import type { FirstRow } from './lane.types.js';
import { isDiscarded, isExhausted } from './lane-draft.js';
import type { LaneServices } from './lane-services.js';
import { awakeMax, type LaneWaking, wasHeld } from './lane-waking.js';
import type { LanedIntegrations } from './laned-integrations.js';
import { longestWaitMs } from './retry-policy.js';

export interface DueLanesOptions {
  fence: Fence;
  services: LaneServices;
  integrations: LanedIntegrations;
  waking: LaneWaking;
  isOurs(): boolean;
}

/**
 * Finds the lanes of a partition that have something to do among those that exist only as rows: by the time of their
 * next attempt, and after a takeover or a change of their integration by looking at all of them. A lane that sleeps is
 * due behind `watermarkMs`, or its integration is owed another look.
 */
export class DueLanes {
  /** Lanes that are due up to here stay in memory. */
  private watermarkMs = Number.NEGATIVE_INFINITY;
  /** Those up to here were woken, or their integration is owed a look. */
  private scanned: DueLane | null = null;
  /** How far all lanes were looked at after the takeover. */
  private reviewed: LanePageRequest['after'] | 'all' = null;
  private looking = false;
  private lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: DueLanesOptions) {}

  /** Whether a lane may be forgotten that is due then. */
  maySleepUntil(dueAtMs: number): boolean {
    return dueAtMs > this.nowMs + SLEEP_AHEAD_MS && dueAtMs > this.watermarkMs;
  }

  /** The wall clock jumped: what is due is looked for from the beginning. */
  startOver(): void {
    this.watermarkMs = Number.NEGATIVE_INFINITY;
    this.scanned = null;
    this.lookedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** The row of one of its lanes says now that it is due then: it may have been passed over. */
  corrected(integration: LanedIntegration, dueAtMs: number): void {
    if (dueAtMs > this.watermarkMs) return;
    owe(integration, dueAtMs);
    void this.lookAt(integration);
  }

  /** Whether a lane that waits should make room for others of its integration, which are due or not looked at yet. */
  mustStepAside({ woken, integration }: Lane, dueAtMs: number): boolean {
    const { review, owedFromMs, waking, woken: awake } = integration.sleepers;
    if (!woken || awake + waking.size < awakeMax(integration)) return false;
    const areOthersDue = review !== null || owedFromMs <= this.nowMs;
    return areOthersDue && dueAtMs > this.nowMs;
  }

  /** Looks for lanes that are due, and, after the takeover, at all. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      if (this.beginsLook() && this.maySleep()) {
        await this.wakeDue(this.nowMs);
        await this.reviewAll();
      }
      for (const integration of this.options.integrations.all) {
        if (integration.sleepers.review !== null || integration.sleepers.owed > 0) void this.lookAt(integration);
      }
    } catch (error) {
      this.options.services.logger.warn({ err: error, ...this.options.fence }, 'lanes that are due could not be found');
    }
    this.looking = false;
  }

  /** An integration changed: some of its lanes may have something to do. */
  review(integration: LanedIntegration, held: boolean): void {
    const { sleepers } = integration;
    if (!sleepers.may) return;
    if (held) {
      sleepers.enabled += 1;
      for (const waking of sleepers.waking.values()) waking.wasHeld = true;
    }
    sleepers.review = { after: null, held: held || sleepers.review?.held === true };
    void this.lookAt(integration);
  }

  /** Goes on with an integration some of whose lanes had to wait until others were done. */
  async lookAt(integration: LanedIntegration): Promise<void> {
    const { sleepers } = integration;
    if (sleepers.looking || (sleepers.review === null && sleepers.owed === 0)) return;
    sleepers.looking = true;
    try {
      while (sleepers.review !== null && this.hasRoom(integration)) if (!(await this.reviewPage(integration))) break;
      if (sleepers.review === null && sleepers.owed > 0 && this.hasRoom(integration)) await this.wakeOwed(integration);
    } catch (error) {
      const { id: integrationId } = integration;
      this.options.services.logger.warn({ err: error, integrationId }, 'lanes could not be looked at');
    }
    sleepers.looking = false;
  }

  private hasRoom(integration: LanedIntegration): boolean {
    const { services, isOurs } = this.options;
    const { woken, waking } = integration.sleepers;
    return isOurs() && services.awake.count < LANES_AWAKE_MAX && woken + waking.size < awakeMax(integration);
  }

  private get isFull(): boolean {
    return !this.options.isOurs() || this.options.services.awake.count >= LANES_AWAKE_MAX;
  }

  private async wakeDue(nowMs: number): Promise<void> {
    const { services, fence, integrations } = this.options;
    // Rows hold whole milliseconds, monotonic clocks do not.
    this.watermarkMs = Math.ceil(nowMs) + WAKE_AHEAD_MS;
    const passedOver = new Set<string>();
    while (!this.isFull) {
      const { watermarkMs: throughMs, scanned: after } = this;
      const common = { partition: fence.partition, integrationId: null, except: [...passedOver] };
      const page = await services.store.dueLanes({ ...common, after, throughMs, limit: WAKE_PAGE_LANES });
      if (!this.options.isOurs() || this.watermarkMs !== throughMs) return;
      for (const due of page) {
        const integration = integrations.of(due.integrationId);
        if (!this.wakeOne(integration, due)) passedOver.add(integration.id);
      }
      // What went to sleep meanwhile is due behind the watermark.
      this.scanned = page.at(-1) ?? after;
      if (page.length === WAKE_PAGE_LANES) continue;
      this.scanned = { dueAtMs: throughMs, integrationId: '', key: '' };
      return;
    }
  }

  /** False where it has looked a moment ago. */
  private beginsLook(): boolean {
    const monotonicMs = this.options.services.clock.monotonicMs();
    if (monotonicMs - this.lookedAtMs < WAKE_INTERVAL_MS) return false;
    this.lookedAtMs = monotonicMs;
    return true;
  }

  /** Without sleeping lanes, as while all goes well, Postgres is not asked. */
  private maySleep(): boolean {
    for (const { sleepers } of this.options.integrations.all) if (sleepers.may) return true;
    this.reviewed = 'all';
    return false;
  }

  private get nowMs(): number {
    return this.options.services.clock.nowMs();
  }

  /** Later than can be meant: its row is put right when it falls asleep again. */
  private isTooFar(dueAtMs: number, { configuration }: LanedIntegration): boolean {
    return configuration !== null && dueAtMs > this.nowMs + longestWaitMs(configuration.settings.retry);
  }

  /** False where it has to wait until other lanes of its integration are done. */
  private wakeOne(integration: LanedIntegration, { key, dueAtMs }: DueLane): boolean {
    const { sleepers, lanes } = integration;
    if (lanes.has(key) || sleepers.waking.has(key) || rulesOf(integration).permission === 'hold') return true;
    if (this.hasRoom(integration)) {
      this.options.waking.wake(integration, key);
      return true;
    }
    owe(integration, dueAtMs);
    return false;
  }

  /** Of those that are due, or went to sleep all the same; the earliest first. */
  private async wakeOwed(integration: LanedIntegration): Promise<void> {
    const { services, fence } = this.options;
    const { sleepers } = integration;
    const { owed } = sleepers;
    let after: DueLane | null = null;
    for (;;) {
      const common = { partition: fence.partition, integrationId: integration.id, except: [] };
      const throughMs = Math.max(this.watermarkMs, Math.ceil(this.nowMs));
      const page: readonly DueLane[] = await services.store.dueLanes({
        ...common,
        after,
        throughMs,
        limit: WAKE_PAGE_LANES,
      });
      for (const due of page) {
        if (!this.options.isOurs()) return;
        if (rulesOf(integration).permission === 'hold' || this.wakeOne(integration, due)) continue;
        sleepers.owedFromMs = due.dueAtMs;
        return;
      }
      if (page.length < WAKE_PAGE_LANES) break;
      after = page.at(-1) ?? null;
    }
    if (sleepers.owed !== owed) return;
    sleepers.owed = 0;
    sleepers.owedFromMs = Number.POSITIVE_INFINITY;
  }

  /** After a takeover: by their first rows, for those that wait for no time are found by none. */
  private async reviewAll(): Promise<void> {
    const { services, fence, integrations, isOurs } = this.options;
    while (this.reviewed !== 'all' && isOurs() && !this.isFull) {
      const after: LanePageRequest['after'] = this.reviewed;
      const request = { partition: fence.partition, integrationId: null, after, limit: WAKE_PAGE_LANES };
      const page = await services.store.lanePage(request);
      if (!isOurs()) return;
      const apart = new Set<LanedIntegration>();
      for (const lane of page) {
        const integration = integrations.of(lane.name.integrationId);
        if (rulesOf(integration).permission === 'hold') apart.add(integration);
        else if (!apart.has(integration) && !this.wakeIfWanted(integration, lane)) apart.add(integration);
      }
      for (const integration of apart) {
        if (rulesOf(integration).permission !== 'hold') this.review(integration, false);
      }
      this.reviewed = page.length < WAKE_PAGE_LANES ? 'all' : behind(page.at(-1), apart);
    }
  }

  /** False where there was nothing more to look at, or no room. */
  private async reviewPage(integration: LanedIntegration): Promise<boolean> {
    const { services, fence } = this.options;
    const { review } = integration.sleepers;
    if (review === null) return false;
    const after = review.after === null ? null : { integrationId: integration.id, key: review.after };
    const request = { partition: fence.partition, integrationId: integration.id, after, limit: WAKE_PAGE_LANES };
    const page = await services.store.lanePage(request);
    // It changed again meanwhile: that begins anew.
    if (integration.sleepers.review !== review) return true;
    for (const lane of page) {
      if (!this.wakeIfWanted(integration, lane)) return false;
      review.after = lane.name.key;
    }
    if (page.length === WAKE_PAGE_LANES) return true;
    integration.sleepers.review = null;
    return false;
  }

  /** False where it should be woken, and there is no room. */
  private wakeIfWanted(integration: LanedIntegration, { name, first }: LaneFirst): boolean {
    const { lanes, sleepers } = integration;
    if (lanes.has(name.key) || sleepers.waking.has(name.key) || !this.isWanted(integration, name.key, first))
      return true;
    if (!this.hasRoom(integration)) return false;
    this.options.waking.wake(integration, name.key);
    return true;
  }

  private isWanted(integration: LanedIntegration, key: string, first: FirstRow): boolean {
    const rules = rulesOf(integration);
    if (rules.permission === 'hold') return false;
    if (wasHeld(integration, key) || isDiscarded(rules, first)) return true;
    if (first.dueAtMs === null) return !isExhausted(rules, first);
    return first.dueAtMs <= this.watermarkMs || this.isTooFar(first.dueAtMs, integration);
  }
}

function behind(last: LaneFirst | undefined, apart: ReadonlySet<LanedIntegration>): LanePageRequest['after'] {
  if (last === undefined) return null;
  const { integrationId, key } = last.name;
  const isApart = [...apart].some(({ id }) => id === integrationId);
  return { integrationId, key: isApart ? null : key };
}
