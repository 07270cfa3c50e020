import type { IntegrationSignal } from '@hookstile/contracts';
import { signalsOf } from './failure-signals.js';
import {
  HELD_COUNT_INTERVAL_MS,
  HELD_LOOK_INTERVAL_MS,
  HELD_LOOK_MAX_MS,
  HELD_PAGE_ROWS,
  HELD_RETRY_DELAY_MS,
  HELD_SIGNAL_INTERVAL_MS,
  HELD_TENDED_MAX,
} from './lane.bounds.js';
import { type Lane, type LanedIntegration, rulesOf } from './lane.js';
import type { BacklogRow, Fence, LaneDelivery } from './lane.store.js';
import type { LaneInput } from './lane.types.js';
import type { LaneJournal } from './lane-journal.js';
import type { LaneServices } from './lane-services.js';
import { discardableThrough } from './lane-sleep.js';
import type { PartitionProgress } from './partition-progress.js';
import { wholePushes, wholeThrough } from './whole-pushes.js';

export interface HeldBacklogsOptions {
  fence: Fence;
  services: LaneServices;
  progress: PartitionProgress;
  journal: LaneJournal;
  isOurs(): boolean;
  give(lane: Lane, input: LaneInput<LaneDelivery>): void;
  /** Rows are not being discarded any more: its lanes may be what they may be. */
  onDiscarded(integration: LanedIntegration): void;
}

/**
 * Keeps what stopped integrations hold: each delivery is journaled as held, once, and beyond the bounds of count and age
 * the oldest of an integration are discarded, across its lanes. A push that failed goes whole, with its first member: what
 * is left may be fewer than the bound by what a push may have.
 */
export class HeldBacklogs {
  private tended = 0;

  constructor(private readonly options: HeldBacklogsOptions) {}

  /** The integration was stopped. */
  begin({ held }: LanedIntegration): void {
    held.untoldFrom = 0;
    held.lookAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Rows from `offset` on were written while it was stopped. */
  stored(integration: LanedIntegration, offset: number): void {
    const { held } = integration;
    held.untoldFrom = Math.min(held.untoldFrom, offset);
    held.lookAtMs = Math.min(held.lookAtMs, this.nowMs + HELD_LOOK_INTERVAL_MS);
    this.tend(integration);
  }

  tend(integration: LanedIntegration): void {
    const { held } = integration;
    const isDue = held.untoldFrom < Number.POSITIVE_INFINITY || held.lookAtMs <= this.nowMs;
    if (held.tending || !isDue || this.tended >= HELD_TENDED_MAX || !this.isHeld(integration)) return;
    held.tending = true;
    this.tended += 1;
    void this.tendOne(integration);
  }

  private get nowMs(): number {
    return this.options.services.clock.nowMs();
  }

  private isHeld(integration: LanedIntegration): boolean {
    return this.options.isOurs() && rulesOf(integration).permission === 'hold';
  }

  private async tendOne(integration: LanedIntegration): Promise<void> {
    const { held } = integration;
    const { untoldFrom } = held;
    try {
      await this.tell(integration);
      if (held.lookAtMs <= this.nowMs) await this.bound(integration);
    } catch (error) {
      const { id: integrationId } = integration;
      this.options.services.logger.warn({ err: error, integrationId }, 'held deliveries could not be tended');
      held.lookAtMs = this.nowMs + HELD_RETRY_DELAY_MS;
      held.untoldFrom = Math.min(held.untoldFrom, untoldFrom);
    }
    held.tending = false;
    held.forgotten.clear();
    this.tended -= 1;
  }

  private async tell(integration: LanedIntegration): Promise<void> {
    const { services, fence, journal, progress } = this.options;
    const { held, id: integrationId } = integration;
    let after = held.untoldFrom - 1;
    held.untoldFrom = Number.POSITIVE_INFINITY;
    const reason = integration.run.stopped ?? integration.configuration?.disabledReason ?? 'admin';
    while (after < Number.POSITIVE_INFINITY) {
      const request = { partition: fence.partition, integrationId, after, limit: HELD_PAGE_ROWS };
      const found = await services.store.untold(request);
      if (found.length === 0 || !this.isHeld(integration)) return;
      after = found.at(-1)?.offset ?? after;
      // What ended after the stop is a row until its record is acknowledged, and is held no more.
      const rows = found.filter((row) => !hasEnded(integration, row));
      if (rows.length === 0) continue;
      await new Promise<void>((resolve) => {
        journal.aside(integration, 'held', rows, reason, (journalOffset) => {
          progress.needs.open(journalOffset, 1);
          const offsets = rows.map(({ offset }) => offset);
          services.writer.add({ kind: 'told', fence, integrationId, offsets }, () => {
            progress.needs.release(journalOffset);
            resolve();
          });
        });
      });
    }
  }

  private async bound(integration: LanedIntegration): Promise<void> {
    const { services, fence } = this.options;
    const { held, id: integrationId } = integration;
    const counted = await this.count(integration);
    let { count } = counted;
    for (;;) {
      const request = { partition: fence.partition, integrationId, after: -1, limit: HELD_PAGE_ROWS };
      const rows = await services.store.backlog(request);
      const beyond = this.beyondBounds(rows, count);
      if (beyond.length === 0 || !this.isHeld(integration)) {
        held.lookAtMs = Math.min(this.nextLookMs(rows[0]), this.nowMs + counted.againInMs);
        return;
      }
      const discarded = await this.discard(integration, count);
      if (discarded === 0) return;
      count -= discarded;
    }
  }

  /** How many rows there are, as far as that matters: to count them reads them all, which not every look must do. */
  private async count(integration: LanedIntegration): Promise<{ count: number; againInMs: number }> {
    const { services, fence } = this.options;
    const { held, id: integrationId } = integration;
    const { maxCount } = services.held;
    const about = rowsKnown(integration);
    const isBeyond = about > maxCount;
    const monotonicMs = services.clock.monotonicMs();
    const againInMs = held.countedAtMs + (isBeyond ? HELD_COUNT_INTERVAL_MS : HELD_LOOK_MAX_MS) - monotonicMs;
    if (about <= maxCount / 2 || againInMs > 0) {
      return { count: Math.min(about, maxCount), againInMs: isBeyond ? againInMs : Number.POSITIVE_INFINITY };
    }
    held.countedAtMs = monotonicMs;
    const request = { partition: fence.partition, integrationId, after: -1, limit: 2 * maxCount + HELD_PAGE_ROWS };
    return { count: await services.store.count(request), againInMs: HELD_LOOK_MAX_MS };
  }

  /** With nothing of it under way: neither an attempt, nor a lane that is being woken, nor a row that has ended. */
  private async discard(integration: LanedIntegration, count: number): Promise<number> {
    const { services, fence } = this.options;
    const { held, sleepers, id: integrationId } = integration;
    held.discarding = true;
    try {
      if (sleepers.lookups > 0) await new Promise<void>((resolve) => (held.looked = resolve));
      if (this.discardableThrough(integration) === null) return 0;
      const request = { partition: fence.partition, integrationId, after: -1, limit: HELD_PAGE_ROWS };
      const beyond = this.beyondBounds(await services.store.backlog(request), count);
      const rows = await wholePushes(services.store, { partition: fence.partition, integrationId }, beyond);
      const through = this.discardableThrough(integration);
      const those = through === null ? [] : wholeThrough(rows, through);
      if (those.length === 0 || !this.options.isOurs()) return 0;
      await this.discardRows(integration, those);
      return those.length;
    } finally {
      held.discarding = false;
      if (this.options.isOurs()) this.options.onDiscarded(integration);
    }
  }

  private discardRows(integration: LanedIntegration, rows: readonly BacklogRow[]): Promise<void> {
    const { services, journal, progress, fence } = this.options;
    const { id: integrationId } = integration;
    const offsets = rows.map(({ offset }) => offset);
    return new Promise((resolve) => {
      journal.aside(integration, 'discarded', rows, 'held_limit', (journalOffset) => {
        progress.needs.open(journalOffset, 1);
        for (const offset of offsets) progress.needUntilPassed(journalOffset, offset);
        services.writer.add({ kind: 'delete', fence, integrationId, offsets }, () => {
          progress.needs.release(journalOffset);
          this.forget(integration, rows);
          this.signal(integration);
          resolve();
        });
      });
    });
  }

  /** The lanes in memory learn what became of their rows. */
  private forget(integration: LanedIntegration, rows: readonly BacklogRow[]): void {
    const ofLanes = Map.groupBy(rows, ({ key }) => key);
    for (const [key, gone] of ofLanes) {
      const lane = integration.lanes.get(key);
      const through = gone.at(-1)?.offset ?? -1;
      if (lane) this.options.give(lane, { kind: 'rows discarded', count: gone.length, through });
      else integration.sleepers.rows = Math.max(0, integration.sleepers.rows - gone.length);
    }
  }

  private signal(integration: LanedIntegration): void {
    const { services, fence } = this.options;
    const { held, run, tenantId, id: integrationId, sequence } = integration;
    const monotonicMs = services.clock.monotonicMs();
    if (monotonicMs - held.signalledAtMs < HELD_SIGNAL_INTERVAL_MS) return;
    held.signalledAtMs = monotonicMs;
    const context = { tenantId, integrationId, run, sequence, nowMs: this.nowMs };
    const signals: readonly IntegrationSignal[] = signalsOf(['held-limit'], context);
    for (const signal of signals)
      services.writer.add({ kind: 'signal', fence, signal }, () => services.sendSignals(fence, [signal]));
  }

  private discardableThrough({ lanes }: LanedIntegration): number | null {
    let through = Number.POSITIVE_INFINITY;
    for (const { state, deletes, turn, ended } of lanes.values()) {
      const ofLane = deletes === 0 && turn === null && ended === null ? discardableThrough(state) : null;
      if (ofLane === null) return null;
      through = Math.min(through, ofLane);
    }
    return through;
  }

  /** From the first on: a lane's rows may only go in their order. */
  private beyondBounds(rows: readonly BacklogRow[], count: number): readonly BacklogRow[] {
    const { maxCount, maxAgeMs } = this.options.services.held;
    const tooMany = Math.max(0, count - maxCount);
    const oldestMs = this.nowMs - maxAgeMs;
    const kept = rows.findIndex((row, index) => index >= tooMany && row.storedAtMs >= oldestMs);
    return kept < 0 ? rows : rows.slice(0, kept);
  }

  private nextLookMs(oldest: BacklogRow | undefined): number {
    const latestMs = this.nowMs + HELD_LOOK_MAX_MS;
    return oldest === undefined
      ? latestMs
      : Math.min(latestMs, oldest.storedAtMs + this.options.services.held.maxAgeMs + 1);
  }
}

/** As far as its lanes know: what is on its way is not in it. */
function rowsKnown({ lanes, sleepers }: LanedIntegration): number {
  let rows = sleepers.rows;
  for (const { state } of lanes.values()) rows += state.rows;
  return rows;
}

function hasEnded({ lanes, held }: LanedIntegration, { key, offset }: BacklogRow): boolean {
  return offset <= Math.max(lanes.get(key)?.state.endedThrough ?? -1, held.forgotten.get(key) ?? -1);
}
