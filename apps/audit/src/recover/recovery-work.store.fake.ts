import { type FakeRecoveries, hasEnded, type KeptMember, type KeptRecovery, stopRecovery } from './recoveries.fake.js';
import type { Stop } from './recovery.store.js';
import type { ClaimedMember } from './recovery.types.js';
import type { RecoveryLease, RecoveryWorkStore, WorkState } from './recovery-work.store.js';

export class FakeRecoveryWorkStore implements RecoveryWorkStore {
  /** @param nowMs times the leases */
  constructor(
    private readonly recoveries: FakeRecoveries,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async lease({ working }: { working: readonly string[] }, termMs: number, max: number): Promise<RecoveryLease[]> {
    const free = [...this.recoveries.kept.values()].filter(
      ({ row, closed, leasedUntilMs }) =>
        !closed && !working.includes(row.id) && (leasedUntilMs === null || leasedUntilMs <= this.nowMs()),
    );
    const since = ({ leasedUntilMs }: KeptRecovery) => leasedUntilMs ?? Number.NEGATIVE_INFINITY;
    const waitedLongest = free.sort((a, b) => Math.sign(since(a) - since(b)) || a.row.startedAtMs - b.row.startedAtMs);
    return waitedLongest.slice(0, max).map((kept) => {
      kept.epoch += 1;
      kept.leasedUntilMs = this.nowMs() + termMs;
      return { id: kept.row.id, epoch: kept.epoch };
    });
  }

  async release(lease: RecoveryLease): Promise<void> {
    this.#change(lease, (kept) => {
      kept.leasedUntilMs = this.nowMs();
    });
  }

  async look(lease: RecoveryLease, termMs: number): Promise<WorkState | null> {
    const kept = this.#leased(lease);
    if (!kept) return null;
    kept.leasedUntilMs = this.nowMs() + termMs;
    const handedOver = kept.members.filter(({ position }) => position <= kept.queuedThrough);
    for (const member of handedOver) {
      const standing = this.recoveries.standingSince(member);
      if (!standing || !hasEnded(standing)) continue;
      kept.row = { ...kept.row, [standing.status]: kept.row[standing.status] + 1 };
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
      repeated: this.recoveries.standingSince({ key, ...member }) !== undefined,
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
    return this.#change(lease, (kept) => stopRecovery(kept, stop));
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
    const old = [...this.recoveries.kept.values()]
      .filter(({ closed, row }) => closed && row.startedAtMs < ms)
      .slice(0, maxRows);
    for (const { row } of old) this.recoveries.kept.delete(row.id);
    return old.length;
  }

  #claimed({ members, queuedThrough, claimedThrough }: KeptRecovery): KeptMember[] {
    return members.filter(({ position }) => position > queuedThrough && position <= claimedThrough);
  }

  #leased({ id, epoch }: RecoveryLease): KeptRecovery | null {
    const kept = this.recoveries.kept.get(id);
    return kept?.epoch === epoch ? kept : null;
  }

  #change(lease: RecoveryLease, change: (kept: KeptRecovery) => unknown): boolean {
    const kept = this.#leased(lease);
    if (kept) change(kept);
    return kept !== null;
  }
}
