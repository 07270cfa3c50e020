import type { IntegrationConfiguration } from '@hookstile/contracts';
import type { CatchingUp } from './catching-up.js';
import { type FailureRun, noFailures, underEnablement } from './failure-run.js';
import { type GateEffects, IntegrationGate } from './integration-gate.js';
import { SEQUENCES_AN_EPOCH } from './lane.bounds.js';
import {
  gateBoundsOf,
  type Lane,
  type LanedIntegration,
  type LaneShell,
  type LaneTurn,
  originOf,
  rulesOf,
} from './lane.js';
import type { Fence, LaneDelivery, StoredLane } from './lane.store.js';
import { beginLane } from './lane-beginning.js';
import { SparseMap } from './sparse-map.js';

export interface LanedIntegrationsOptions {
  fence: Fence;
  shell: LaneShell;
  runs: ReadonlyMap<string, FailureRun>;
  configurationOf(id: string): IntegrationConfiguration | undefined;
  /** The next offset of `deliveries` that is new. */
  nextOffset(): number;
  /** Gets lanes whose rows are not behind it. */
  catchingUp: CatchingUp;
  gateEffects: GateEffects<LaneTurn>;
}

export interface LaneComing {
  /** The offset of what comes to the lane next, where that is known. */
  nextComing: number | null;
  /** It begins as stopped: what was held is due whatever its rows say. */
  wasHeld: boolean;
}

const NOTHING_COMING: LaneComing = { nextComing: null, wasHeld: false };

/** The lanes of a partition by integration, made as they are needed. */
export class LanedIntegrations {
  private readonly byId = new Map<string, LanedIntegration>();

  constructor(private readonly options: LanedIntegrationsOptions) {}

  get all(): Iterable<LanedIntegration> {
    return this.byId.values();
  }

  get lanes(): Lane[] {
    return [...this.byId.values()].flatMap((integration) => [...integration.lanes.values()]);
  }

  find(integrationId: string): LanedIntegration | undefined {
    return this.byId.get(integrationId);
  }

  clear(): void {
    this.byId.clear();
  }

  of(id: string): LanedIntegration {
    return this.byId.get(id) ?? this.add(id);
  }

  /**
   * Its lane with this key; where there is none in memory, it begins with what is stored.
   */
  laneOf(
    integration: LanedIntegration,
    key: string,
    stored: StoredLane | null,
    { nextComing, wasHeld }: LaneComing = NOTHING_COMING,
  ): Lane {
    const known = integration.lanes.get(key);
    if (known) return known;
    const unread = (last: number) => last >= nextOffset() || (nextComing !== null && nextComing < last);
    const { fence, shell, nextOffset, catchingUp } = this.options;
    const lane: Lane = {
      name: { partition: fence.partition, integrationId: integration.id, key },
      integration,
      shell,
      state: beginLane<LaneDelivery>({
        rules: wasHeld ? { ...rulesOf(integration), permission: 'hold' } : rulesOf(integration),
        rows: stored?.rows ?? 0,
        firstRow: stored?.first ?? null,
        unreadThrough: stored !== null && unread(stored.last) ? stored.last : null,
      }),
      turn: null,
      ended: null,
      due: null,
      needsAtStore: [],
      deletes: 0,
      woken: false,
      skipping: null,
    };
    integration.lanes.set(key, lane);
    catchingUp.add(lane);
    return lane;
  }

  private add(id: string): LanedIntegration {
    const { fence, runs, configurationOf, gateEffects } = this.options;
    const configuration = configurationOf(id) ?? null;
    const enablement = configuration?.enablement ?? 0;
    const integration: LanedIntegration = {
      id,
      lanes: new SparseMap(),
      gate: new IntegrationGate<LaneTurn>(gateBoundsOf(configuration), gateEffects),
      tenantId: configuration?.tenantId ?? '',
      run: underEnablement(runs.get(id) ?? noFailures(enablement), enablement),
      sequence: fence.epoch * SEQUENCES_AN_EPOCH,
      configuration,
      origin: originOf(configuration),
      meanAttemptMs: null,
      wasSlow: false,
      permission: 'send',
      oldestRowMs: null,
      sleepers: {
        may: false,
        rows: 0,
        slept: 0,
        waking: new SparseMap(),
        dues: new SparseMap(),
        lookups: 0,
        woken: 0,
        owed: 0,
        owedFromMs: Number.POSITIVE_INFINITY,
        enabled: 0,
        review: null,
        looking: false,
      },
      held: {
        untoldFrom: Number.POSITIVE_INFINITY,
        lookAtMs: 0,
        countedAtMs: Number.NEGATIVE_INFINITY,
        tending: false,
        discarding: false,
        looked: null,
        signalledAtMs: Number.NEGATIVE_INFINITY,
        forgotten: new SparseMap(),
      },
    };
    integration.permission = rulesOf(integration).permission;
    this.byId.set(id, integration);
    return integration;
  }
}
