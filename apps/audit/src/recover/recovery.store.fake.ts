import type { EndedStatus } from '@hookstile/contracts';
import { deliveryKey } from '../project/delivery-row.js';
import type { DeliveryRow } from '../project/rows.js';
import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { isBehind, type ListedRows, newestFirst, type PageRequest } from '../read/list-page.js';
import { OPEN_RECOVERIES_MAX, OPEN_RECOVERIES_PER_TENANT_MAX, RECOVERY_MAX_DELIVERIES } from './recovery.bounds.js';
import type {
  RecoveryFilters,
  RecoveryLease,
  RecoveryListStore,
  RecoveryStore,
  RecoveryWorkStore,
  Started,
  Stop,
  WorkState,
} from './recovery.store.js';
import type { ClaimedMember, NewRecovery, RecoveryMember, RecoveryRow, Selection } from './recovery.types.js';

const ENDED: readonly string[] = ['delivered', 'failed', 'discarded'] satisfies EndedStatus[];

interface KeptMember extends RecoveryMember {
  /** Of its delivery's row. */
  key: string;
}

interface Kept {
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
}

const positionOf = (row: RecoveryRow) => ({ atMs: row.startedAtMs, key: row.id });

/** All ports over the same recoveries; `nowMs` times the leases. */
export class FakeRecoveryStore implements RecoveryStore, RecoveryListStore, RecoveryWorkStore {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly projections: FakeProjectionStore,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async count(selection: Selection): Promise<number> {
    return this.#selected(selection).length;
  }

  async start(recovery: NewRecovery): Promise<Started> {
    const open = [...this.#kept.values()].filter(({ closed }) => !closed);
    const running = open.find(({ row }) => row.status === 'running' && row.integrationId === recovery.integrationId);
    if (running) return { outcome: 'running', id: running.row.id };
    const own = open.filter(({ row }) => row.tenantId === recovery.tenantId);
    if (own.length >= OPEN_RECOVERIES_PER_TENANT_MAX) return { outcome: 'too-many-of-tenant' };
    if (open.length >= OPEN_RECOVERIES_MAX) return { outcome: 'too-many' };
    const selected = this.#selected(recovery).sort((a, b) => firstOffsetOf(a) - firstOffsetOf(b));
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
    this.#kept.set(recovery.id, {
      ...{ row, members, claimedThrough: 0, queuedThrough: 0, waitingDropped: false },
      ...{ startTold: false, stopTold: false, closed: false, epoch: 0, leasedUntilMs: null },
    });
    return { outcome: 'started', recovery: row };
  }

  async get(tenantId: string, id: string): Promise<RecoveryRow | null> {
    const row = this.#kept.get(id)?.row;
    return row?.tenantId === tenantId ? row : null;
  }

  async list(tenantId: string, filters: RecoveryFilters, page: PageRequest): Promise<ListedRows<RecoveryRow>> {
    const rows = [...this.#kept.values()]
      .map(({ row }) => row)
      .filter((row) => row.tenantId === tenantId)
      .filter((row) => Object.entries(filters).every(([name, value]) => row[name as keyof RecoveryRow] === value))
      .filter((row) => !page.after || isBehind(positionOf(row), page.after))
      .sort((a, b) => newestFirst(positionOf(a), positionOf(b)))
      .slice(0, page.limit + 1);
    return { rows, stoppedAt: null };
  }

  async stop(tenantId: string, id: string, stop: Stop): Promise<RecoveryRow | null> {
    const kept = this.#kept.get(id);
    if (kept?.row.tenantId !== tenantId) return null;
    return stopped(kept, stop);
  }

  async lease({ working }: { working: readonly string[] }, termMs: number, max: number): Promise<RecoveryLease[]> {
    const free = [...this.#kept.values()].filter(
      ({ row, closed, leasedUntilMs }) =>
        !closed && !working.includes(row.id) && (leasedUntilMs === null || leasedUntilMs <= this.nowMs()),
    );
    return free.slice(0, max).map((kept) => {
      kept.epoch += 1;
      kept.leasedUntilMs = this.nowMs() + termMs;
      return { id: kept.row.id, epoch: kept.epoch };
    });
  }

  async release(lease: RecoveryLease): Promise<void> {
    this.#change(lease, (kept) => {
      kept.leasedUntilMs = null;
    });
  }

  async look(lease: RecoveryLease, termMs: number): Promise<WorkState | null> {
    const kept = this.#leased(lease);
    if (!kept) return null;
    kept.leasedUntilMs = this.nowMs() + termMs;
    const handedOver = kept.members.filter(({ position }) => position <= kept.queuedThrough);
    for (const member of handedOver) {
      const standing = this.#standingSince(member);
      if (!standing || !ENDED.includes(standing.status)) continue;
      kept.row = { ...kept.row, [standing.status]: kept.row[standing.status as EndedStatus] + 1 };
      kept.members = kept.members.filter((one) => one !== member);
    }
    const { matched, queued, expired, delivered, failed, discarded } = kept.row;
    return {
      recovery: kept.row,
      pending: queued - delivered - failed - discarded,
      waiting: kept.waitingDropped ? 0 : matched - queued - expired,
      claimed: this.#claimed(kept).length,
      startTold: kept.startTold,
      stopTold: kept.stopTold,
    };
  }

  async claim(lease: RecoveryLease, count: number): Promise<ClaimedMember[] | null> {
    const kept = this.#leased(lease);
    if (!kept) return null;
    if (kept.claimedThrough <= kept.queuedThrough) {
      if (kept.row.status !== 'running') return [];
      const next = kept.members.filter(({ position }) => position > kept.queuedThrough).slice(0, count);
      kept.claimedThrough = next.at(-1)?.position ?? kept.claimedThrough;
    }
    return this.#claimed(kept).map(({ key, ...member }) => ({
      ...member,
      repeated: this.#standingSince({ key, ...member }) !== undefined,
    }));
  }

  async handedOver(lease: RecoveryLease, expired: readonly number[]): Promise<boolean> {
    return this.#change(lease, (kept) => {
      const claimed = this.#claimed(kept).length;
      const all = kept.members.length;
      kept.members = kept.members.filter(({ position }) => !expired.includes(position));
      const gone = all - kept.members.length;
      kept.row = { ...kept.row, queued: kept.row.queued + claimed - gone, expired: kept.row.expired + gone };
      kept.queuedThrough = kept.claimedThrough;
    });
  }

  async expireBelow(lease: RecoveryLease, deliveryOffset: number): Promise<boolean> {
    return this.#change(lease, (kept) => {
      const left = kept.members.filter(
        (member) => member.position <= kept.claimedThrough || member.deliveryOffset >= deliveryOffset,
      );
      kept.row = { ...kept.row, expired: kept.row.expired + kept.members.length - left.length };
      kept.members = left;
    });
  }

  async told(lease: RecoveryLease, what: 'start' | 'stop'): Promise<boolean> {
    return this.#change(lease, (kept) => {
      if (what === 'start') kept.startTold = true;
      else kept.stopTold = true;
    });
  }

  async stopLeased(lease: RecoveryLease, stop: Stop): Promise<boolean> {
    return this.#change(lease, (kept) => stopped(kept, stop));
  }

  async done(lease: RecoveryLease, atMs: number): Promise<boolean> {
    return this.#change(lease, (kept) => {
      if (kept.row.status !== 'running') return;
      kept.row = { ...kept.row, status: 'done', finishedAtMs: atMs };
      kept.closed = true;
    });
  }

  async dropWaiting(lease: RecoveryLease): Promise<boolean> {
    return this.#change(lease, (kept) => {
      kept.members = kept.members.filter(({ position }) => position <= kept.claimedThrough);
      kept.waitingDropped = true;
    });
  }

  async close(lease: RecoveryLease): Promise<boolean> {
    return this.#change(lease, (kept) => {
      kept.members = [];
      kept.closed = true;
    });
  }

  async removeStartedBefore(ms: number, maxRows: number): Promise<number> {
    const old = [...this.#kept.values()].filter(({ closed, row }) => closed && row.startedAtMs < ms).slice(0, maxRows);
    for (const { row } of old) this.#kept.delete(row.id);
    return old.length;
  }

  #selected({ tenantId, integrationId, sinceMs, untilMs, selected }: Selection): DeliveryRow[] {
    return [...this.projections.rows.deliveries.values()].filter(
      (row) =>
        row.tenantId === tenantId &&
        row.integrationId === integrationId &&
        row.acceptedAtMs >= sinceMs &&
        row.acceptedAtMs < untilMs &&
        row.deliveryOffset >= 0 &&
        (selected === 'all' ? ENDED.includes(row.status) : row.status === selected),
    );
  }

  #standingSince({ key, deliveryOffset }: KeptMember): DeliveryRow | undefined {
    const row = this.projections.rows.deliveries.get(key);
    return row && row.deliveryOffset > deliveryOffset ? row : undefined;
  }

  #claimed({ members, queuedThrough, claimedThrough }: Kept): KeptMember[] {
    return members.filter(({ position }) => position > queuedThrough && position <= claimedThrough);
  }

  #leased({ id, epoch }: RecoveryLease): Kept | null {
    const kept = this.#kept.get(id);
    return kept?.epoch === epoch ? kept : null;
  }

  #change(lease: RecoveryLease, change: (kept: Kept) => unknown): boolean {
    const kept = this.#leased(lease);
    if (kept) change(kept);
    return kept !== null;
  }
}

function firstOffsetOf({ firstOffset, deliveryOffset }: DeliveryRow): number {
  return firstOffset ?? deliveryOffset;
}

function stopped(kept: Kept, { reason, atMs, by }: Stop): RecoveryRow {
  if (kept.row.status === 'running') {
    kept.row = { ...kept.row, status: 'stopped', reason, finishedAtMs: atMs, stoppedBy: by };
  }
  return kept.row;
}
