import type { DueTimes } from './due-times.js';
import { OLDEST_PAGE_INTEGRATIONS } from './lane.bounds.js';
import type { LanedIntegration } from './lane.js';
import type { Fence } from './lane.store.js';
import type { LaneServices } from './lane-services.js';
import type { LanedIntegrations } from './laned-integrations.js';

export interface OldestRowsOptions {
  fence: Fence;
  services: LaneServices;
  integrations: LanedIntegrations;
  times: DueTimes;
  isOurs(): boolean;
}

/** What the oldest row of each integration says, looked up now and then: how long it has waited, and that there is none. */
export class OldestRows {
  private looking = false;

  constructor(private readonly options: OldestRowsOptions) {}

  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    const { services, fence, integrations } = this.options;
    try {
      const asked = [...integrations.all].filter(mayHaveRows);
      for (let from = 0; from < asked.length; from += OLDEST_PAGE_INTEGRATIONS)
        await this.lookAt(asked.slice(from, from + OLDEST_PAGE_INTEGRATIONS));
    } catch (error) {
      services.logger.warn({ err: error, ...fence }, 'the oldest rows of integrations could not be found');
    }
    this.looking = false;
  }

  private async lookAt(asked: readonly LanedIntegration[]): Promise<void> {
    const { services, fence, times, isOurs } = this.options;
    const slept = new Map(asked.filter(isQuiet).map((integration) => [integration, integration.sleepers.slept]));
    const ids = asked.map(({ id }) => id);
    const oldest = await services.store.oldest(fence.partition, ids);
    if (!isOurs()) return;
    for (const integration of asked) {
      const row = oldest.get(integration.id);
      integration.oldestRowMs = row === undefined ? null : Date.parse(row.envelope.routedAt);
      const { sleepers } = integration;
      if (row !== undefined || slept.get(integration) !== sleepers.slept || !isQuiet(integration)) continue;
      // An integration without rows has no lane that sleeps: what comes for it needs no lookup any more.
      sleepers.may = false;
      sleepers.rows = 0;
      times.forget(integration);
    }
  }
}

function mayHaveRows({ sleepers, lanes }: LanedIntegration): boolean {
  if (sleepers.may) return true;
  for (const { state } of lanes.values()) if (state.rows > 0) return true;
  return false;
}

function isQuiet({ sleepers: { may, review, owed, waking } }: LanedIntegration): boolean {
  return may && review === null && owed === 0 && waking.size === 0;
}
