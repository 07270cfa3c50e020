import { CatchingUp } from './catching-up.js';
import { DueLanes } from './due-lanes.js';
import { DueTimes } from './due-times.js';
import type { FailureRun } from './failure-run.js';
import { HeldBacklogs } from './held-backlogs.js';
import { type Lane, type LanedIntegration, type LaneShell, rulesOf } from './lane.js';
import type { Fence, LaneDelivery } from './lane.store.js';
import type { LaneInput } from './lane.types.js';
import { LaneAttempts } from './lane-attempts.js';
import { LaneJournal } from './lane-journal.js';
import { LaneRows } from './lane-rows.js';
import type { LaneServices } from './lane-services.js';
import { LaneSweep } from './lane-sweep.js';
import { LaneWaking } from './lane-waking.js';
import { LanedIntegrations } from './laned-integrations.js';
import { OldestRows } from './oldest-rows.js';
import type { PartitionProgress } from './partition-progress.js';

export interface LanePartsOptions {
  fence: Fence;
  services: LaneServices;
  progress: PartitionProgress;
  shell: LaneShell;
  runs: ReadonlyMap<string, FailureRun>;
  /** Whether the partition is still ours. */
  isOurs(): boolean;
  /** Whether anything new may begin in it. */
  isWorking(): boolean;
  /** What the lanes of an integration may do has changed. */
  tellLanes(integration: LanedIntegration): void;
}

/** What carries the lanes of one partition; each knows of the others only what it is given. */
export interface LaneParts {
  readonly catchingUp: CatchingUp;
  readonly integrations: LanedIntegrations;
  readonly attempts: LaneAttempts;
  readonly journal: LaneJournal;
  readonly rows: LaneRows;
  readonly times: DueTimes;
  readonly waking: LaneWaking;
  readonly due: DueLanes;
  readonly held: HeldBacklogs;
  readonly sweep: LaneSweep;
}

export function laneParts(options: LanePartsOptions): LaneParts {
  const { fence, services, progress, shell, runs, isOurs, isWorking, tellLanes } = options;
  const give = (lane: Lane, input: LaneInput<LaneDelivery>) => shell.give(lane, input);
  const nextOffset = () => progress.nextOffset;
  const catchingUp = new CatchingUp((lane) => give(lane, { kind: 'caught up' }));
  const common = { fence, services, progress, isOurs, give };
  const attempts = new LaneAttempts({ ...common, onStopped: tellLanes });
  const integrations = new LanedIntegrations({
    fence,
    shell,
    runs,
    configurationOf: (id) => services.integration(id),
    nextOffset,
    catchingUp,
    gateEffects: attempts.gateEffects,
  });
  const journal = new LaneJournal({
    ...common,
    onAcknowledged: (lane, outcome) => give(lane, { kind: 'outcome acknowledged', outcome }),
  });
  const times = new DueTimes({
    ...common,
    integrations,
    onCorrected: (integration, dueAtMs) => due.corrected(integration, dueAtMs),
  });
  const waking = new LaneWaking({
    ...common,
    integrations,
    times,
    catchingUp,
    nextOffset,
    onRoom: (integration) => sweep.wakeMore(integration),
  });
  const due = new DueLanes({ fence, services, integrations, waking, isOurs: isWorking });
  const held = new HeldBacklogs({
    ...common,
    isOurs: isWorking,
    journal,
    onDiscarded: (integration) => {
      if (rulesOf(integration).permission !== integration.permission) tellLanes(integration);
      waking.lookAgain(integration);
    },
  });
  const oldest = new OldestRows({ fence, services, integrations, times, isOurs: isWorking });
  const sweep = new LaneSweep({ services, integrations, waking, times, due, held, oldest, isOurs: isWorking });
  const rows = new LaneRows({
    ...common,
    onStored: (lane, offset) => sweep.stored(lane, offset),
    onDeleted: (lane) => sweep.dropIfSpent(lane),
  });
  return { catchingUp, integrations, attempts, journal, rows, times, waking, due, held, sweep };
}
