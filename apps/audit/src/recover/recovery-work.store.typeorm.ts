import type { EndedStatus } from '@hookstile/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { Stop } from './recovery.store.js';
import type { ClaimedMember } from './recovery.types.js';
import { type FoundRecovery, RECOVERY_COLUMNS, recoveryRowOf } from './recovery-columns.js';
import type { RecoveryLease, RecoveryWorkStore, WorkState } from './recovery-work.store.js';

const WORK_COLUMNS = `${RECOVERY_COLUMNS}, claimed_through, queued_through, waiting_dropped, start_told, stop_told`;

interface FoundWork extends FoundRecovery {
  claimed_through: number;
  queued_through: number;
  waiting_dropped: boolean;
  start_told: boolean;
  stop_told: boolean;
}

interface FoundMember {
  position: number;
  delivery_id: string;
  delivery_offset: string;
  status: EndedStatus;
  reason: string | null;
  repeated: boolean;
}

/**
 * The row of a member's delivery where it stands behind the ending that the recovery began with. `offset 0` keeps this a
 * lookup by key for each member: joined, a view of many partitions might be read from end to end.
 */
const STANDING_SINCE = `lateral (
    select status from deliveries
    where delivery_id = member.delivery_id and accepted_at = member.accepted_at
      and delivery_offset > member.delivery_offset
    offset 0
  ) as delivery`;

/** Leases are timed by the database's clock, which all processes share; the epoch fences whoever lost one. */
export class TypeormRecoveryWorkStore implements RecoveryWorkStore {
  constructor(private readonly dataSource: DataSource) {}

  async lease(
    { owner, working }: { owner: string; working: readonly string[] },
    termMs: number,
    max: number,
  ): Promise<RecoveryLease[]> {
    const [found]: [{ id: string; epoch: string }[]] = await this.dataSource.query(
      `update recoveries set owner = $1, epoch = epoch + 1, leased_until = clock_timestamp() + $2 * interval '1 ms'
       where id in (
         select id from recoveries where not closed and (leased_until is null or leased_until < clock_timestamp())
           and id <> all ($4)
         order by leased_until nulls first, started_at limit $3 for update skip locked
       ) returning id, epoch`,
      [owner, termMs, max, working],
    );
    return found.map(({ id, epoch }) => ({ id, epoch: Number(epoch) }));
  }

  async release(lease: RecoveryLease): Promise<void> {
    await this.update(lease, 'leased_until = clock_timestamp()');
  }

  look(lease: RecoveryLease, termMs: number): Promise<WorkState | null> {
    return this.dataSource.transaction(async (manager) => {
      const held = await leased(manager, lease, termMs);
      if (!held) return null;
      const work = await countEnded(manager, held);
      const recovery = recoveryRowOf(work);
      const { matched, queued, expired, delivered, failed, discarded } = recovery;
      const isClaimed = work.claimed_through > work.queued_through;
      return {
        recovery,
        pending: queued - delivered - failed - discarded,
        waiting: work.waiting_dropped ? 0 : matched - queued - expired,
        claimed: isClaimed ? await countClaimed(manager, work) : 0,
        startTold: work.start_told,
        stopTold: work.stop_told,
      };
    });
  }

  claim(lease: RecoveryLease, count: number): Promise<ClaimedMember[] | null> {
    return this.dataSource.transaction(async (manager) => {
      const held = await leased(manager, lease);
      if (!held) return null;
      const isClaimed = held.claimed_through > held.queued_through;
      if (!isClaimed && held.status !== 'running') return [];
      const members = await membersBehind(manager, held, isClaimed ? null : count);
      const last = members.at(-1)?.position;
      if (!isClaimed && last !== undefined) {
        await manager.query('update recoveries set claimed_through = $2 where id = $1', [lease.id, last]);
      }
      return members;
    });
  }

  handedOver(lease: RecoveryLease, expired: readonly number[]): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const held = await leased(manager, lease);
      if (!held) return false;
      const claimed = await countClaimed(manager, held);
      const gone = await removeMembers(manager, lease.id, expired);
      await manager.query(
        `update recoveries set queued_through = claimed_through, queued = queued + $2, expired = expired + $3 where id = $1`,
        [lease.id, claimed - gone, gone],
      );
      return true;
    });
  }

  expireBelow(lease: RecoveryLease, deliveryOffset: number): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const held = await leased(manager, lease);
      if (!held) return false;
      const [, gone]: [unknown, number] = await manager.query(
        'delete from recovery_members where recovery_id = $1 and position > $2 and delivery_offset < $3',
        [lease.id, held.claimed_through, deliveryOffset],
      );
      if (gone > 0) await manager.query('update recoveries set expired = expired + $2 where id = $1', [lease.id, gone]);
      return true;
    });
  }

  told(lease: RecoveryLease, what: 'start' | 'stop'): Promise<boolean> {
    return this.update(lease, what === 'start' ? 'start_told = true' : 'stop_told = true');
  }

  stopLeased(lease: RecoveryLease, { reason, atMs, by }: Stop): Promise<boolean> {
    // One that somebody stopped meanwhile keeps their reason.
    return this.update(
      lease,
      `reason = case when status = 'running' then $3 else reason end,
       finished_at = case when status = 'running' then $4::timestamptz else finished_at end,
       stopped_by = case when status = 'running' then $5::jsonb else stopped_by end,
       status = case when status = 'running' then 'stopped' else status end`,
      [reason, new Date(atMs), by],
    );
  }

  done(lease: RecoveryLease, atMs: number): Promise<boolean> {
    return this.update(
      lease,
      `finished_at = case when status = 'running' then $3::timestamptz else finished_at end,
       closed = closed or status = 'running',
       status = case when status = 'running' then 'done' else status end`,
      [new Date(atMs)],
    );
  }

  async dropWaiting(lease: RecoveryLease): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const held = await leased(manager, lease);
      if (!held) return false;
      await manager.query('delete from recovery_members where recovery_id = $1 and position > $2', [
        lease.id,
        held.claimed_through,
      ]);
      await manager.query('update recoveries set waiting_dropped = true where id = $1', [lease.id]);
      return true;
    });
  }

  async close(lease: RecoveryLease): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await leased(manager, lease))) return false;
      await manager.query('delete from recovery_members where recovery_id = $1', [lease.id]);
      await manager.query('update recoveries set closed = true where id = $1', [lease.id]);
      return true;
    });
  }

  async removeStartedBefore(ms: number, maxRows: number): Promise<number> {
    const [, removed]: [unknown, number] = await this.dataSource.query(
      'delete from recoveries where id in (select id from recoveries where closed and started_at < $1 limit $2)',
      [new Date(ms), maxRows],
    );
    return removed;
  }

  /** @param values from $3 on */
  private async update(lease: RecoveryLease, set: string, values: readonly unknown[] = []): Promise<boolean> {
    const [, updated]: [unknown, number] = await this.dataSource.query(
      `update recoveries set ${set} where id = $1 and epoch = $2`,
      [lease.id, lease.epoch, ...values],
    );
    return updated === 1;
  }
}

/** Locks the recovery where the lease is still this one's, and renews it where a term is given. */
async function leased(
  manager: EntityManager,
  { id, epoch }: RecoveryLease,
  termMs?: number,
): Promise<FoundWork | null> {
  const [[found]]: [FoundWork[]] = await manager.query(
    `update recoveries set leased_until = coalesce(clock_timestamp() + $3 * interval '1 ms', leased_until)
     where id = $1 and epoch = $2 returning ${WORK_COLUMNS}`,
    [id, epoch, termMs ?? null],
  );
  return found ?? null;
}

async function countEnded(manager: EntityManager, work: FoundWork): Promise<FoundWork> {
  const ended: { position: number; status: EndedStatus }[] = await manager.query(
    `select member.position, delivery.status from recovery_members as member cross join ${STANDING_SINCE}
     where member.recovery_id = $1 and member.position <= $2 and delivery.status in ('delivered', 'failed', 'discarded')`,
    [work.id, work.queued_through],
  );
  if (ended.length === 0) return work;
  const counted = (status: EndedStatus) => ended.filter((one) => one.status === status).length;
  await removeMembers(
    manager,
    work.id,
    ended.map(({ position }) => position),
  );
  const [[found]]: [[FoundWork]] = await manager.query(
    `update recoveries set delivered = delivered + $2, failed = failed + $3, discarded = discarded + $4
     where id = $1 returning ${WORK_COLUMNS}`,
    [work.id, counted('delivered'), counted('failed'), counted('discarded')],
  );
  return found;
}

async function removeMembers(manager: EntityManager, id: string, positions: readonly number[]): Promise<number> {
  if (positions.length === 0) return 0;
  const [, gone]: [unknown, number] = await manager.query(
    'delete from recovery_members where recovery_id = $1 and position = any ($2)',
    [id, positions],
  );
  return gone;
}

async function countClaimed(manager: EntityManager, work: FoundWork): Promise<number> {
  const [found]: [{ count: string }] = await manager.query(
    'select count(*) as count from recovery_members where recovery_id = $1 and position > $2 and position <= $3',
    [work.id, work.queued_through, work.claimed_through],
  );
  return Number(found.count);
}

/** Of those not handed over, the first `count`; null: those that are claimed. */
async function membersBehind(manager: EntityManager, work: FoundWork, count: number | null): Promise<ClaimedMember[]> {
  const [condition, value] = count === null ? ['and position <= $3', work.claimed_through] : ['limit $3', count];
  const order = 'order by position';
  const found: FoundMember[] = await manager.query(
    `select member.*, delivery.status is not null as repeated
     from (select * from recovery_members where recovery_id = $1 and position > $2
       ${count === null ? `${condition} ${order}` : `${order} ${condition}`}) as member
     left join ${STANDING_SINCE} on true order by member.position`,
    [work.id, work.queued_through, value],
  );
  return found.map((row) => ({
    position: row.position,
    deliveryId: row.delivery_id,
    deliveryOffset: Number(row.delivery_offset),
    status: row.status,
    reason: row.reason,
    repeated: row.repeated,
  }));
}
