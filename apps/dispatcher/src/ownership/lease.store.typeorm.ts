import type { DataSource } from 'typeorm';
import { checkpointFromJson, checkpointToJson } from '../journal/checkpoint.js';
import type { Fence } from '../lanes/lane.store.js';
import type { LeaseOwner, LeaseSeen, LeaseStore, LeaseTaken, Renewal } from './lease.store.js';

const SEE = `
  SELECT partition, epoch, renewal, owner FROM partition_lease WHERE partition = ANY($1::int[]) ORDER BY partition`;

const MAKE = `
  INSERT INTO partition_lease (partition) SELECT unnest($1::int[]) ON CONFLICT DO NOTHING`;

// FOR UPDATE waits for the former owner's transactions; an update alone would not conflict with their locks.
const TAKE = `
  WITH locked AS (
    SELECT l.partition FROM partition_lease AS l
    JOIN unnest($1::int[], $2::bigint[], $3::bigint[]) AS s (partition, epoch, renewal)
      ON l.partition = s.partition AND l.epoch = s.epoch AND l.renewal = s.renewal
    ORDER BY l.partition FOR UPDATE OF l
  )
  UPDATE partition_lease AS l SET epoch = l.epoch + 1, renewal = 0, owner = $4, address = $5
  FROM locked WHERE l.partition = locked.partition
  RETURNING l.partition, l.epoch, l.checkpoint`;

// Locked in the order of partitions, as by takers: else the two could wait for each other.
const RENEW = `
  WITH locked AS (
    SELECT partition FROM partition_lease WHERE partition = ANY($1::int[]) ORDER BY partition FOR NO KEY UPDATE
  )
  UPDATE partition_lease AS l SET renewal = l.renewal + 1, checkpoint = coalesce(r.checkpoint, l.checkpoint),
    address = $4
  FROM unnest($1::int[], $2::bigint[], $3::jsonb[]) AS r (partition, epoch, checkpoint)
  JOIN locked ON locked.partition = r.partition
  WHERE l.partition = r.partition AND l.epoch = r.epoch AND l.owner IS NOT NULL
  RETURNING l.partition`;

const RELEASE = `
  UPDATE partition_lease AS l SET owner = NULL, address = NULL
  FROM unnest($1::int[], $2::bigint[]) AS r (partition, epoch)
  WHERE l.partition = r.partition AND l.epoch = r.epoch`;

const OWNER = `
  SELECT owner AS name, address FROM partition_lease WHERE partition = $1 AND owner IS NOT NULL`;

const partitionsOf = (fences: readonly Fence[]) => fences.map(({ partition }) => partition);
const epochsOf = (fences: readonly Fence[]) => fences.map(({ epoch }) => epoch);

/** TypeORM answers an UPDATE … RETURNING with [rows, count]. */
type Updated<Row> = [Row[], number];

export class TypeormLeaseStore implements LeaseStore {
  constructor(private readonly dataSource: DataSource) {}

  async see(partitions: readonly number[]): Promise<LeaseSeen[]> {
    let rows: Record<keyof LeaseSeen, string | null>[] = await this.dataSource.query(SEE, [partitions]);
    if (rows.length < partitions.length) {
      await this.dataSource.query(MAKE, [partitions]);
      rows = await this.dataSource.query(SEE, [partitions]);
    }
    return rows.map(({ partition, epoch, renewal, owner }) => ({
      partition: Number(partition),
      epoch: Number(epoch),
      renewal: Number(renewal),
      owner,
    }));
  }

  async take(seen: readonly LeaseSeen[], owner: LeaseOwner): Promise<LeaseTaken[]> {
    const renewals = seen.map(({ renewal }) => renewal);
    const [rows]: Updated<{ partition: number; epoch: string; checkpoint: unknown }> = await this.dataSource.query(
      TAKE,
      [partitionsOf(seen), epochsOf(seen), renewals, owner.name, owner.address],
    );
    return rows.map(({ partition, epoch, checkpoint }) => ({
      partition,
      epoch: Number(epoch),
      checkpoint: checkpoint === null ? null : (checkpointFromJson(checkpoint) ?? 'unreadable'),
    }));
  }

  async renew(renewals: readonly Renewal[], address: string | null): Promise<ReadonlySet<number>> {
    const fences = renewals.map(({ fence }) => fence);
    const checkpoints = renewals.map(({ checkpoint }) =>
      checkpoint === null ? null : JSON.stringify(checkpointToJson(checkpoint)),
    );
    const [rows]: Updated<{ partition: number }> = await this.dataSource.query(RENEW, [
      partitionsOf(fences),
      epochsOf(fences),
      checkpoints,
      address,
    ]);
    return new Set(rows.map(({ partition }) => partition));
  }

  async ownerOf(partition: number): Promise<LeaseOwner | null> {
    const [row]: LeaseOwner[] = await this.dataSource.query(OWNER, [partition]);
    return row ?? null;
  }

  async release(fences: readonly Fence[]): Promise<void> {
    await this.dataSource.query(RELEASE, [partitionsOf(fences), epochsOf(fences)]);
  }
}
