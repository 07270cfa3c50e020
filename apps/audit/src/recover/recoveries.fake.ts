import type { EndedStatus } from '@hookstile/contracts';
import type { DeliveryRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import type { Stop } from './recovery.store.js';
import type { RecoveryMember, RecoveryRow, Selection, StartKey } from './recovery.types.js';

const ENDED: readonly string[] = ['delivered', 'failed', 'discarded'] satisfies EndedStatus[];

export interface KeptMember extends RecoveryMember {
  /** Of its delivery's row. */
  key: string;
}

export interface KeptRecovery {
  row: RecoveryRow;
  members: KeptMember[];
  claimedThrough: number;
  queuedThrough: number;
  waitingDropped: boolean;
  startTold: boolean;
  stopTold: boolean;
  closed: boolean;
  epoch: number;
  leasedUntilMs: number | null;
  key: StartKey | null;
}

/** Recoveries in memory, and the deliveries that they are about. */
export class FakeRecoveries {
  readonly kept = new Map<string, KeptRecovery>();

  constructor(private readonly projections: FakeProjectionStore) {}

  selected({ tenantId, integrationId, sinceMs, untilMs, selected }: Selection): DeliveryRow[] {
    return [...this.projections.rows.deliveries.values()].filter(
      (row) =>
        row.tenantId === tenantId &&
        row.integrationId === integrationId &&
        row.acceptedAtMs >= sinceMs &&
        row.acceptedAtMs < untilMs &&
        row.deliveryOffset >= 0 &&
        (selected === 'all' ? hasEnded(row) : row.status === selected),
    );
  }

  standingSince({ key, deliveryOffset }: KeptMember): DeliveryRow | undefined {
    const row = this.projections.rows.deliveries.get(key);
    return row && row.deliveryOffset > deliveryOffset ? row : undefined;
  }
}

export function hasEnded<Row extends DeliveryRow>(row: Row): row is Row & { status: EndedStatus } {
  return ENDED.includes(row.status);
}

export function stopRecovery(kept: KeptRecovery, { reason, atMs, by }: Stop): RecoveryRow {
  if (kept.row.status === 'running') {
    kept.row = { ...kept.row, status: 'stopped', reason, finishedAtMs: atMs, stoppedBy: by };
  }
  return kept.row;
}
