import type { IntegrationConfiguration } from '@hookstile/contracts';
import { type FailureRun, noFailures, underEnablement } from './failure-run.js';
import { SEQUENCES_AN_EPOCH } from './lane.bounds.js';
import { beginLane } from './lane.decider.js';
import { type Lane, type LanedIntegration, type LaneShell, originOf, rulesOf, STRICT_LANE_KEY } from './lane.js';
import type { Fence, LaneDelivery, StoredLane } from './lane.store.js';

/** The lanes of a partition by integration, made as they are needed. */
export class LanedIntegrations {
  private readonly byId = new Map<string, LanedIntegration>();

  constructor(
    private readonly fence: Fence,
    private readonly shell: LaneShell,
    private readonly runs: ReadonlyMap<string, FailureRun>,
    private readonly configurationOf: (id: string) => IntegrationConfiguration | undefined,
  ) {}

  get lanes(): Lane[] {
    return [...this.byId.values()].flatMap((integration) => [...integration.lanes.values()]);
  }

  find(integrationId: string): LanedIntegration | undefined {
    return this.byId.get(integrationId);
  }

  clear(): void {
    this.byId.clear();
  }

  /** The lane of what is stored, or the one that new deliveries of the integration go to. */
  laneOf(integrationId: string, stored: StoredLane | null): Lane {
    const integration = this.byId.get(integrationId) ?? this.add(integrationId);
    const key = stored?.name.key ?? STRICT_LANE_KEY;
    const known = integration.lanes.get(key);
    if (known) return known;
    const lane: Lane = {
      name: { partition: this.fence.partition, integrationId, key },
      integration,
      shell: this.shell,
      state: beginLane<LaneDelivery>({
        rules: rulesOf(integration.configuration, integration.run),
        rows: stored?.rows ?? 0,
        firstRow: stored?.first ?? null,
      }),
      turn: null,
      ended: null,
      needsAtStore: [],
      skipping: null,
      meanAttemptMs: 0,
    };
    integration.lanes.set(key, lane);
    return lane;
  }

  private add(id: string): LanedIntegration {
    const configuration = this.configurationOf(id) ?? null;
    const enablement = configuration?.enablement ?? 0;
    const integration: LanedIntegration = {
      id,
      lanes: new Map(),
      tenantId: configuration?.tenantId ?? '',
      run: underEnablement(this.runs.get(id) ?? noFailures(enablement), enablement),
      sequence: this.fence.epoch * SEQUENCES_AN_EPOCH,
      configuration,
      origin: originOf(configuration),
    };
    this.byId.set(id, integration);
    return integration;
  }
}
