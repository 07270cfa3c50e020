import type { Checkpoint } from '../journal/checkpoint.js';
import type { Fence } from '../lanes/lane.store.js';
import type { LeaseOwner, LeaseSeen, LeaseStore, LeaseTaken, Renewal } from './lease.store.js';

interface Row {
  epoch: number;
  renewal: number;
  owner: string | null;
  address: string | null;
  checkpoint: Checkpoint | null;
}

/** Lease rows in memory; an owner can be cut off from them. */
export class FakeLeaseStore implements LeaseStore {
  private readonly rows = new Map<number, Row>();
  private readonly cutOff = new Set<string>();
  /** What is asked is carried out at once, and answered after this long. */
  answerDelayMs = 0;

  /** While true, renewals of this owner's leases fail. */
  unreachableFor(owner: string, unreachable: boolean): void {
    if (unreachable) this.cutOff.add(owner);
    else this.cutOff.delete(owner);
  }

  async see(partitions: readonly number[]): Promise<readonly LeaseSeen[]> {
    return partitions.map((partition) => {
      const row = this.rows.get(partition) ?? { epoch: 0, renewal: 0, owner: null, address: null, checkpoint: null };
      this.rows.set(partition, row);
      return { partition, epoch: row.epoch, renewal: row.renewal, owner: row.owner };
    });
  }

  async take(seen: readonly LeaseSeen[], owner: LeaseOwner): Promise<readonly LeaseTaken[]> {
    const leased = seen.flatMap(({ partition, epoch, renewal }) => {
      const row = this.rows.get(partition);
      if (row?.epoch !== epoch || row.renewal !== renewal) return [];
      const taken = { ...row, epoch: epoch + 1, renewal: 0, owner: owner.name, address: owner.address };
      this.rows.set(partition, taken);
      return [{ partition, epoch: taken.epoch, checkpoint: taken.checkpoint }];
    });
    await this.answer();
    return leased;
  }

  async renew(renewals: readonly Renewal[], address: string | null): Promise<ReadonlySet<number>> {
    const renewed = new Set<number>();
    for (const { fence, checkpoint } of renewals) {
      const row = this.rows.get(fence.partition);
      if (this.cutOff.size > 0 && (row?.epoch !== fence.epoch || this.cutOff.has(row.owner ?? '')))
        throw new Error('cut off');
      if (row?.epoch !== fence.epoch || row.owner === null) continue;
      row.renewal += 1;
      row.address = address;
      row.checkpoint = checkpoint ?? row.checkpoint;
      renewed.add(fence.partition);
    }
    await this.answer();
    return renewed;
  }

  private async answer(): Promise<void> {
    if (this.answerDelayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.answerDelayMs));
  }

  async release(fences: readonly Fence[]): Promise<void> {
    for (const { partition, epoch } of fences) {
      const row = this.rows.get(partition);
      if (row?.epoch !== epoch) continue;
      row.owner = null;
      row.address = null;
    }
  }

  async ownerOf(partition: number): Promise<LeaseOwner | null> {
    const row = this.rows.get(partition);
    return row === undefined || row.owner === null ? null : { name: row.owner, address: row.address };
  }
}
