import type { TenantSql } from '@hookstile/service-runtime';
import type { DataSource } from 'typeorm';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import type { Bucket } from './stats.bounds.js';
import type { BucketCounts, CountedStats, StatsQuery, StatsStore } from './stats.store.js';
import { TABLE_OF } from './stats-tables.js';
import type { Tallies } from './tally-kind.js';

type FoundCounts = Omit<BucketCounts, keyof Tallies> & { [Member in keyof Tallies]: Tallies[Member] | null };

interface Found {
  buckets: FoundCounts[] | null;
  opened_after: string;
  pending: string;
  held: string;
  oldest_at: Date | null;
}

const FROM_MS = `'fromMs', extract(epoch from bucket_at)::bigint * 1000`;
const SCALARS = ['succeeded', 'failed', 'opened', 'ended'];
const MEMBERS = [...SCALARS, 'kinds', 'counts'].map((member) => `'${member}', ${member}`).join(', ');
const AS_JSON = `json_agg(json_build_object(${FROM_MS}, ${MEMBERS}) order by bucket_at)`;

/** Rows of a bucket's own width are its counts; of narrower ones they are added up. */
function bucketsSql(bucket: Bucket): string {
  if (TABLE_OF[bucket].width === bucket) return `select ${AS_JSON} from rows`;
  return `
    select ${AS_JSON} from (
      select bucket_at, ${SCALARS.map((scalar) => `sum(${scalar}) as ${scalar}`).join(', ')} from rows group by 1
    ) as sums left join (
      select bucket_at, array_agg(kind) as kinds, array_agg(n) as counts from (
        select bucket_at, kind, sum(n) as n from rows, unnest(kinds, counts) as tally (kind, n) group by 1, 2
      ) as summed group by 1
    ) as tallied using (bucket_at)`;
}

/** Of the parameters: the tenant, the integration or '', and from when to when the buckets are. */
function statement({ bucket, integrationId }: StatsQuery): TenantSql<'tenant'> {
  const rows = VIEWS.rows(TABLE_OF[bucket].name);
  const isMeant = integrationId === null ? 'true' : 'integration_id = $2';
  return VIEWS.sql`
    with rows as materialized (
      select date_bin('1 ${bucket}', at, 'epoch') as bucket_at, ${SCALARS.join(', ')}, kinds, counts
      from ${rows} where integration_id = $2 and at >= $3 and at < $4
    )
    select (${bucketsSql(bucket)}) as buckets,
      (select coalesce(sum(opened - ended), 0) from ${rows}
        where integration_id = $2 and at >= $4) as opened_after,
      pending, held,
      (select accepted_at from ${VIEWS.rows('deliveries')} where ${isMeant} and status in ('pending', 'held')
        order by accepted_at limit 1) as oldest_at
    from (select coalesce(sum(pending), 0) as pending, coalesce(sum(held), 0) as held
      from ${VIEWS.rows('delivery_backlog')} where ${isMeant}) as backlog`;
}

export class TypeormStatsStore implements StatsStore {
  /** @param pool where counts of all tenants are removed */
  constructor(
    private readonly views: ViewReader,
    private readonly pool: DataSource,
  ) {}

  async read(tenantId: string, query: StatsQuery): Promise<CountedStats> {
    const [found] = await this.views.read<Found>(tenantId, statement(query), [
      query.integrationId ?? '',
      new Date(query.fromMs),
      new Date(query.toMs),
    ]);
    if (!found) throw new Error('a statement of one row gave none');
    return {
      // A bucket in which only deliveries were counted may have no tallies.
      buckets: (found.buckets ?? []).map((one) => ({ ...one, kinds: one.kinds ?? [], counts: one.counts ?? [] })),
      openedAfter: Number(found.opened_after),
      pending: Number(found.pending),
      held: Number(found.held),
      oldestAtMs: found.oldest_at?.getTime() ?? null,
    };
  }

  /** Rows that a flush has in hand are left for the next time. */
  async removeBefore(counted: 'minute' | 'hour', beforeMs: number, maxRows: number): Promise<number> {
    const { name } = TABLE_OF[counted];
    const [found]: [{ removed: number }] = await this.pool.query(
      `with old as materialized (select ctid from ${name} where at < $1 limit ${maxRows} for update skip locked),
       removed as (delete from ${name} where ctid = any (array(select ctid from old)) returning 1)
       select count(*)::integer as removed from removed`,
      [new Date(beforeMs)],
    );
    return found.removed;
  }
}
