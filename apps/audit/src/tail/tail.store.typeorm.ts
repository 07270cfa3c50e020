import { COLUMNS, type Found, lineOf } from '../event-log/event-log.store.typeorm.js';
import { FLUSH_LOCK_CLASS, FLUSH_NUMBER_BITS } from '../projection/flush-number.js';
import type { ViewReader } from '../read/view-reader.js';
import type { TailRow, TailStore } from './tail.store.js';
import { endOf, type TailPosition } from './tail-position.js';

const LAST_NUMBER = 'select case when is_called then last_value else 0 end as last from attempt_flushes';

/**
 * Flushes under way, and the lowest of their numbers. `pg_locks` shows a 64-bit key as two oids (objsubid 1), and two
 * 32-bit keys likewise (objsubid 2).
 */
const UNDER_WAY = `
  with held as materialized (
    select pid, objsubid, classid::bigint as high, objid::bigint as low, objid from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
  numbers as (
    select pid, ((high << 32) | low) & ((1::bigint << ${FLUSH_NUMBER_BITS}) - 1) as number from held
    where objsubid = 1 and ((high << 32) | low) >> ${FLUSH_NUMBER_BITS} = ${FLUSH_LOCK_CLASS})
  select count(*) filter (where number is null) as unnumbered, min(number) as lowest
  from held left join numbers using (pid)
  where objsubid = 2 and high = ${FLUSH_LOCK_CLASS} and objid = hashtext(current_schema())::oid`;

type FoundRow = Found & { flush: string };

export class TypeormTailStore implements TailStore {
  constructor(private readonly views: ViewReader) {}

  /**
   * Two statements, in this order. A flush whose number is not above the last one had its first lock before that was
   * read: so it is among those under way now, or has committed, and the statement that reads rows, later, sees them.
   */
  async horizon(): Promise<number | null> {
    const [sequence] = await this.views.query<{ last: string }>(LAST_NUMBER, []);
    const [underWay] = await this.views.query<{ unnumbered: string; lowest: string | null }>(UNDER_WAY, []);
    if (!sequence || !underWay || underWay.unnumbered !== '0') return null;
    const last = Number(sequence.last);
    return underWay.lowest === null ? last : Math.min(last, Number(underWay.lowest) - 1);
  }

  async behind(tenants: readonly string[], after: TailPosition, until: number, limit: number): Promise<TailRow[]> {
    const { where, parameters } = conditionsOf(tenants, after);
    const found = await this.views.query<FoundRow>(
      `select ${COLUMNS}, flush from attempts where ${where} and flush <= $${parameters.length + 1}
       order by flush, at, attempt_id collate "C" limit ${limit}`,
      [...parameters, until],
    );
    return found.map((row) => ({
      line: lineOf(row),
      position: { flush: Number(row.flush), row: { atMs: row.at.getTime(), attemptId: row.attempt_id } },
    }));
  }

  async hasMoreThan(rows: number, tenantId: string, after: TailPosition): Promise<boolean> {
    const { where, parameters } = conditionsOf([tenantId], endOf(after.flush));
    const found = await this.views.query(`select 1 from attempts where ${where} offset ${rows} limit 1`, parameters);
    return found.length > 0;
  }
}

function conditionsOf(tenants: readonly string[], after: TailPosition): { where: string; parameters: unknown[] } {
  // For one tenant the index gives the rows in order, so that a page of a long way back reads no more than itself.
  const [tenant, conditions] =
    tenants.length === 1 ? [tenants[0], 'tenant_id = $1'] : [tenants, 'tenant_id = any ($1::text[])'];
  const { flush, row } = after;
  if (!row) return { where: `${conditions} and flush > $2`, parameters: [tenant, flush] };
  return {
    where: `${conditions} and flush >= $2 and (flush, at, attempt_id collate "C") > ($2, $3, $4)`,
    parameters: [tenant, flush, new Date(row.atMs), row.attemptId],
  };
}
