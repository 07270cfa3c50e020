import type { TenantSql } from '@hookstile/service-runtime';
import type { ListPosition } from './list-page.js';
import type { Condition, ListPath } from './list-paths.js';
import type { ListWindow } from './list-windows.js';
import { VIEWS, type ViewTable } from './view-tables.js';

/** A table that a list shows, partitioned by its time or not. */
export interface ListTable {
  name: ViewTable;
  /** What is read of a row. */
  columns: string;
  /** What the list is ordered by, newest first. */
  time: string;
  /** Tells rows of one time apart. */
  key: string;
}

export interface PageStatement {
  table: ListTable;
  window: ListWindow;
  after: ListPosition | null;
  /** Rows that are wanted of each path. */
  wanted: number;
  /** Rows that are looked at on each path that has filters. */
  lookedMax: number;
}

/** What is read of a row beside the table's columns, under names that no table has. */
export interface PathColumns {
  /** Number of the path that led to the row. */
  path_number: number;
  /** Whether the path's filters hold. A row for which they do not is the last one that was looked at. */
  path_matched: boolean;
  /** Whether the path ends here because so many rows were looked at. */
  path_gave_up: boolean;
}

/** Conditions and the values of their parameters, numbered as they are added behind the tenant, which is `$1`. */
export class SqlText {
  readonly parameters: unknown[] = [];

  value(value: unknown): string {
    return `$${1 + this.parameters.push(value)}`;
  }

  condition({ text, value }: Condition): string {
    return text.includes('?') ? text.replaceAll('?', this.value(value)) : text;
  }
}

/** Reads one window by all paths, each path's rows newest first. */
export function pageSql(statement: PageStatement, paths: readonly ListPath[]) {
  const sql = new SqlText();
  const common = commonConditions(statement, sql);
  const parts = paths.map((path, index) => VIEWS.sql`(${pathSql(statement, path, index, common, sql)})`);
  return { statement: VIEWS.join(parts, ' union all '), parameters: sql.parameters };
}

/** How many rows of the window each filter's paths lead to, counted up to a bound; those without an order have few. */
export function countSql(statement: PageStatement, filters: readonly (readonly ListPath[])[], countedMax: number) {
  const sql = new SqlText();
  const common = commonConditions(statement, sql);
  const counts = filters.map((paths) => {
    const counted = paths
      .filter(({ unordered }) => !unordered)
      .map(({ indexed }) => {
        const where = [...common, ...indexed.map((condition) => sql.condition(condition))].join(' and ');
        const { name, time } = statement.table;
        // The order keeps the planner to the index that reading will take.
        return VIEWS.sql`(select count(*)::integer from (select 1 from ${VIEWS.rows(name)} where ${where} order by ${time} desc limit ${countedMax}) as some_rows)`;
      });
    return VIEWS.join([...counted, VIEWS.sql`0`], ' + ');
  });
  return { statement: VIEWS.sql`select array[${VIEWS.join(counts, ', ')}] as counts`, parameters: sql.parameters };
}

function commonConditions({ table, window, after }: PageStatement, sql: SqlText): string[] {
  const { time, key } = table;
  // Never none, so that the others can follow each other.
  const conditions = ['true'];
  const { fromMs, toMs } = window;
  if (fromMs !== null) conditions.push(`${time} >= ${sql.value(new Date(fromMs))}`);
  if (toMs !== null) conditions.push(`${time} < ${sql.value(new Date(toMs))}`);
  if (after) {
    const [at, id] = [sql.value(new Date(after.atMs)), sql.value(after.key)];
    // The first half is implied by the second, and is what an index on the time can use.
    conditions.push(`${time} <= ${at}`, `(${time}, ${key}) < (${at}, ${id})`);
  }
  return conditions;
}

function pathSql(
  { table, wanted, lookedMax }: PageStatement,
  path: ListPath,
  index: number,
  common: readonly string[],
  sql: SqlText,
): TenantSql<'tenant'> {
  const { name, columns, time, key } = table;
  const rows = VIEWS.rows(name);
  const where = [...common, ...path.indexed.map((condition) => sql.condition(condition))].join(' and ');
  const order = `order by ${time} desc, ${key} desc`;
  // Behind `offset 0` the planner cannot choose to walk through the whole list in the hope to meet the few rows soon.
  const from = path.unordered
    ? VIEWS.sql`(select * from ${rows} where ${where} offset 0) as few`
    : VIEWS.sql`${rows} where ${where}`;
  if (path.filters.length === 0) {
    return VIEWS.sql`select ${index} as path_number, true as path_matched, false as path_gave_up, ${columns} from ${from} ${order} limit ${wanted}`;
  }
  const filter = path.filters.map((condition) => `(${sql.condition(condition)})`).join(' and ');
  return VIEWS.sql`select ${index} as path_number, path_matched, path_looked = ${lookedMax} as path_gave_up, ${columns} from (
      select *, row_number() over () as path_looked from (
        select *, coalesce(${filter}, false) as path_matched from ${from} ${order} limit ${lookedMax}) as in_order
    ) as looked_at where path_matched or path_looked = ${lookedMax} limit ${wanted}`;
}
