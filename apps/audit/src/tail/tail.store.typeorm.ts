import { COLUMNS, type Found, lineOf } from '../event-log/event-log.store.typeorm.js';
import { FLUSH_LOCK_CLASS, FLUSH_NUMBER_BITS } from '../projection/flush-number.js';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import type { TailRow, TailStore } from './tail.store.js';
import { endOf, type TailPosition } from './tail-position.js';

const LAST_NUMBER = VIEWS.sqlOfNobody`select case when is_called then last_value else 0 end as last from attempt_flushes`;

/**
 * Flushes under way, and the lowest of their numbers. `pg_locks` shows a 64-bit key as two oids (objsubid 1), and two
 * 32-bit keys likewise (objsubid 2).
 */
const UNDER_WAY = VIEWS.sqlOfNobody`
  with held as materialized (
    select pid, objsubid, classid::bigint as high, objid::bigint as low, objid from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
  numbers as (
    select pid, ((high << 32) | low) & ((1::bigint << ${FLUSH_NUMBER_BITS}) - 1) as number from held
    where objsubid = 1 and ((high << 32) | low) >> ${FLUSH_NUMBER_BITS} = ${FLUSH_LOCK_CLASS})
  select count(*) filter (where number is null) as unnumbered, min(number) as lowest
  from held left join numbers using (pid)
  where objsubid = 2 and high = ${FLUSH_LOCK_CLASS} and objid = hashtext(current_schema())::oid`;

const ORDER = 'order by flush, at, attempt_id collate "C"';

type FoundRow = Found & { flush: string };

export class TypeormTailStore implements TailStore {
  constructor(private readonly views: ViewReader) {}

  /**
   * Two statements, in this order. A flush whose number is not above the last one had its first lock before that was
   * read: so it is among those under way now, or has committed, and the statement that reads rows, later, sees them.
   */
  async horizon(): Promise<number | null> {
    const [sequence] = await this.views.readOfNobody<{ last: string }>(LAST_NUMBER);
    const [underWay] = await this.views.readOfNobody<{ unnumbered: string; lowest: string | null }>(UNDER_WAY);
    if (!sequence || !underWay || underWay.unnumbered !== '0') return null;
    const last = Number(sequence.last);
    return underWay.lowest === null ? last : Math.min(last, Number(underWay.lowest) - 1);
  }

  async behind(tenants: readonly string[], after: TailPosition, until: number, limit: number): Promise<TailRow[]> {
    const { where, parameters } = conditionsOf(after);
    const condition = `${where} and flush <= $${parameters.length + 2} ${ORDER} limit ${limit}`;
    const found = await this.#read(tenants, condition, [...parameters, until]);
    return found.map((row) => ({
      line: lineOf(row),
      position: { flush: Number(row.flush), row: { atMs: row.at.getTime(), attemptId: row.attempt_id } },
    }));
  }

  async hasMoreThan(rows: number, tenantId: string, after: TailPosition): Promise<boolean> {
    const { where, parameters } = conditionsOf(endOf(after.flush));
    const statement = VIEWS.sql`select 1 from ${VIEWS.rows('attempts')} where ${where} offset ${rows} limit 1`;
    return (await this.views.read(tenantId, statement, parameters)).length > 0;
  }

  /** For one tenant the index gives the rows in order, so that a page of a long way back reads no more than itself. */
  #read(tenants: readonly string[], condition: string, parameters: readonly unknown[]): Promise<FoundRow[]> {
    const [tenant, ...others] = tenants;
    if (tenant === undefined) return Promise.resolve([]);
    if (others.length === 0) {
      const statement = VIEWS.sql`select ${COLUMNS}, flush from ${VIEWS.rows('attempts')} where ${condition}`;
      return this.views.read(tenant, statement, parameters);
    }
    const statement = VIEWS.sqlOfMany`select ${COLUMNS}, flush from ${VIEWS.rowsOfMany('attempts')} where ${condition}`;
    return this.views.readOfMany(tenants, statement, parameters);
  }
}

/** Of the parameters those from `$2` on: the first tells the tenants. */
function conditionsOf({ flush, row }: TailPosition): { where: string; parameters: unknown[] } {
  if (!row) return { where: 'flush > $2', parameters: [flush] };
  return {
    where: 'flush >= $2 and (flush, at, attempt_id collate "C") > ($2, $3, $4)',
    parameters: [flush, new Date(row.atMs), row.attemptId],
  };
}
