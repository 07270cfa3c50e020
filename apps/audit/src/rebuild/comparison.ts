import type { ClientBase } from 'pg';
import type { ComparedTable, Grounds } from './compared-tables.js';
import { NAMED_MAX } from './rebuild.bounds.js';

export const DIFFERENCES = ['missing', 'extra', 'differs'] as const;
export type Difference = (typeof DIFFERENCES)[number];

export interface Compared {
  name: string;
  differing: { difference: Difference; count: number; keys: string[] }[];
}

/** Live rows against the shadow's, by key and in SQL: what differs is a temporary table of keys. */
export class Comparison {
  constructor(
    private readonly client: ClientBase,
    private readonly live: string,
    private readonly shadow: string,
    private readonly grounds: Grounds,
  ) {}

  /** Compares whole tables. */
  async run(table: ComparedTable): Promise<void> {
    const { live, expected } = this.#rows(table);
    await this.client.query(`drop table if exists ${differingOf(table)}`);
    await this.client.query(
      `create temporary table ${differingOf(table)} as ${await this.#differing(table, live, expected)}`,
    );
    await this.client.query(`analyze ${differingOf(table)}`);
  }

  /** Compares once more what differed. */
  async again(table: ComparedTable): Promise<void> {
    const { live, expected } = this.#rowsOfDiffering(table);
    const differing = differingOf(table);
    await this.client.query(
      `create temporary table ${differing}_still as ${await this.#differing(table, live, expected)}`,
    );
    await this.client.query(`drop table ${differing}`);
    await this.client.query(`alter table ${differing}_still rename to ${differing}`);
  }

  async found(table: ComparedTable): Promise<Compared> {
    const { rows } = await this.client.query<{ difference: Difference; count: number; keys: string[] }>(
      `select difference, count(*)::integer as count, (array_agg(concat_ws(':', ${table.key.join(', ')})))[1:${NAMED_MAX}] as keys
       from ${differingOf(table)} group by difference order by difference`,
    );
    return { name: table.name, differing: rows };
  }

  /** Live rows whose records the topics do not hold any more: nothing is said of them. */
  async unknown(table: ComparedTable): Promise<number> {
    const { live, expected } = this.#rows(table);
    const { rows } = await this.client.query<{ count: string }>(
      `select count(*) from (${live}) as l where not exists (select from (${expected}) as s where ${joined(table, 'l', 's')})
         and not exists (select from ${differingOf(table)} as d where ${joined(table, 'l', 'd')})`,
    );
    return Number(rows[0]?.count ?? 0);
  }

  /** Puts what differs right, while nobody writes: rows go and come as the shadow has them. */
  async repair(table: ComparedTable): Promise<void> {
    const { name, key, carried } = table;
    const [differing, kept] = [differingOf(table), `kept_${name}`];
    const { expected } = this.#rowsOfDiffering(table);
    const columns = await this.#columns(table);
    const keptColumns = [...key, ...carried];
    await this.client.query(
      `create temporary table ${kept} on commit drop as select ${keptColumns.map((column) => `l.${column}`).join(', ')}
       from "${this.live}".${name} as l join ${differing} as d on ${joined(table, 'l', 'd')}`,
    );
    await this.client.query(
      `delete from "${this.live}".${name} as l using ${differing} as d where ${joined(table, 'l', 'd')}`,
    );
    await this.client.query(
      `insert into "${this.live}".${name} (${[...columns, ...carried].join(', ')})
       select ${[...columns.map((column) => `s.${column}`), ...carried.map((column) => `k.${column}`)].join(', ')}
       from (${expected}) as s left join ${kept} as k on ${joined(table, 's', 'k')}`,
    );
  }

  async #differing(table: ComparedTable, live: string, expected: string): Promise<string> {
    const { key } = table;
    const columns = await this.#columns(table);
    const row = (relation: string) => `row(${columns.map((column) => `${relation}.${column}`).join(', ')})`;
    return `select case when l.${key[0]} is null then 'missing' when s.${key[0]} is null then 'extra' else 'differs' end
        as difference, ${key.map((column) => `coalesce(l.${column}, s.${column}) as ${column}`).join(', ')}
      from (${live}) as l full join (${expected}) as s on ${joined(table, 'l', 's')}
      where ${row('l')} is distinct from ${row('s')} and (${table.counts(this.grounds)})`;
  }

  #rows(table: ComparedTable): Record<'live' | 'expected', string> {
    return { live: table.live(this.live), expected: table.expected(this.shadow, this.live) };
  }

  #rowsOfDiffering(table: ComparedTable): Record<'live' | 'expected', string> {
    const { live, expected } = this.#rows(table);
    const only = (rows: string) =>
      `select r.* from (${rows}) as r join ${differingOf(table)} as d on ${joined(table, 'r', 'd')}`;
    return { live: only(live), expected: only(expected) };
  }

  /** All columns but those aside: one that a later release adds is compared, too. */
  async #columns({ name, aside }: ComparedTable): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
      [`"${this.live}".${name}`],
    );
    return rows.map((column) => column.name).filter((column) => !aside.includes(column));
  }
}

const differingOf = ({ name }: ComparedTable) => `differing_${name}`;
const joined = ({ key }: ComparedTable, one: string, other: string) =>
  key.map((column) => `${one}.${column} = ${other}.${column}`).join(' and ');
