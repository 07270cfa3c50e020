import type { EndedStatus } from '@hookstile/contracts';
import { deliveryKey } from '../project/delivery-row.js';
import type { DeliveryRow } from '../project/rows.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import { type FakeRecoveries, stopRecovery } from './recoveries.fake.js';
import { OPEN_RECOVERIES_MAX, OPEN_RECOVERIES_PER_TENANT_MAX, RECOVERY_MAX_DELIVERIES } from './recovery.bounds.js';
import type {
  RecoveryFilters,
  RecoveryListStore,
  RecoveryStore,
  Started,
  StartedBefore,
  Stop,
} from './recovery.store.js';
import type { NewRecovery, RecoveryRow, Selection, StartKey } from './recovery.types.js';

const positionOf = (row: RecoveryRow) => ({ atMs: row.startedAtMs, key: row.id });

export class FakeRecoveryStore implements RecoveryStore, RecoveryListStore {
  constructor(private readonly recoveries: FakeRecoveries) {}

  async count(selection: Selection): Promise<number> {
    return this.recoveries.selected(selection).length;
  }

  async startedBefore(tenantId: string, { id, expiredMs }: StartKey): Promise<StartedBefore | null> {
    for (const { key, row } of this.recoveries.kept.values()) {
      if (key?.id !== id || row.tenantId !== tenantId || row.startedAtMs <= expiredMs) continue;
      return { outcome: 'started-before', recovery: row, fingerprint: key.fingerprint };
    }
    return null;
  }

  /** Nothing else runs meanwhile, so that no request is in flight. */
  async start(recovery: NewRecovery, key: StartKey | null): Promise<Started> {
    const before = key && (await this.startedBefore(recovery.tenantId, key));
    if (before) return before;
    return this.#start(recovery, key);
  }

  #start(recovery: NewRecovery, key: StartKey | null): Started {
    const open = [...this.recoveries.kept.values()].filter(({ closed }) => !closed);
    const running = open.find(({ row }) => row.status === 'running' && row.integrationId === recovery.integrationId);
    if (running) return { outcome: 'running', id: running.row.id };
    const own = open.filter(({ row }) => row.tenantId === recovery.tenantId);
    if (own.length >= OPEN_RECOVERIES_PER_TENANT_MAX) return { outcome: 'too-many-of-tenant' };
    if (open.length >= OPEN_RECOVERIES_MAX) return { outcome: 'too-many' };
    const selected = this.recoveries.selected(recovery).sort((a, b) => firstOffsetOf(a) - firstOffsetOf(b));
    if (selected.length > RECOVERY_MAX_DELIVERIES) return { outcome: 'too-many-deliveries' };
    const row: RecoveryRow = {
      ...recovery,
      ...{ status: 'running', reason: null, finishedAtMs: null, stoppedBy: null, matched: selected.length },
      ...{ queued: 0, expired: 0, delivered: 0, failed: 0, discarded: 0 },
    };
    const members = selected.map((delivery, index) => ({
      ...{ position: index + 1, key: deliveryKey(delivery), deliveryId: delivery.deliveryId },
      ...{ deliveryOffset: delivery.deliveryOffset, status: delivery.status as EndedStatus, reason: delivery.reason },
    }));
    this.recoveries.kept.set(recovery.id, {
      ...{ row, members, claimedThrough: 0, queuedThrough: 0, waitingDropped: false },
      ...{ startTold: false, stopTold: false, closed: false, epoch: 0, leasedUntilMs: null, key },
    });
    return { outcome: 'started', recovery: row };
  }

  async get(tenantId: string, id: string): Promise<RecoveryRow | null> {
    const row = this.recoveries.kept.get(id)?.row;
    return row?.tenantId === tenantId ? row : null;
  }

  async list(tenantId: string, filters: RecoveryFilters, page: PageRequest): Promise<ListedRows<RecoveryRow>> {
    const rows = [...this.recoveries.kept.values()]
      .map(({ row }) => row)
      .filter((row) => row.tenantId === tenantId)
      .filter((row) => Object.entries(filters).every(([name, value]) => row[name as keyof RecoveryRow] === value))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1);
    return { rows, stoppedAt: null };
  }

  async stop(tenantId: string, id: string, stop: Stop): Promise<RecoveryRow | null> {
    const kept = this.recoveries.kept.get(id);
    if (kept?.row.tenantId !== tenantId) return null;
    return stopRecovery(kept, stop);
  }
}

function firstOffsetOf({ firstOffset, deliveryOffset }: DeliveryRow): number {
  return firstOffset ?? deliveryOffset;
}
