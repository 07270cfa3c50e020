import type { ProjectionRows } from '../project/projection-rows.js';
import type { CopyEncoder } from './copy-encoder.js';

interface TableDefinition<Row> {
  name: string;
  columns: readonly string[];
  rowsOf(rows: ProjectionRows): ReadonlyMap<string, Row>;
  encode(copy: CopyEncoder, row: Row): void;
  /** Columns of the primary key; of a partitioned table the time is one, and is the same in every record of a row. */
  key: string;
  /** What happens where the key exists. */
  onConflict: string;
}

/** How rows of one kind reach their table: as a stream into a temporary one, and from there. */
export interface StagedTable {
  kind: 'staged';
  name: string;
  columns: string;
  key: string;
  onConflict: string;
  isIn(rows: ProjectionRows): boolean;
  /** The table's rows of a flush in COPY's binary format. */
  encoded(rows: ProjectionRows, copy: CopyEncoder): Buffer;
}

export function projectionTable<Row>({
  name,
  columns,
  key,
  onConflict,
  rowsOf,
  encode,
}: TableDefinition<Row>): StagedTable {
  return {
    kind: 'staged',
    name,
    columns: columns.join(', '),
    key,
    onConflict,
    isIn: (rows) => rowsOf(rows).size > 0,
    encoded: (rows, copy) => {
      copy.start();
      for (const row of rowsOf(rows).values()) {
        copy.row(columns.length);
        encode(copy, row);
      }
      return copy.end();
    },
  };
}

/** Of a few rows a flush: they are parameters of their statement, an array a column, and need no staging. */
export interface SmallTable {
  kind: 'small';
  name: string;
  key: string;
  statement: string;
  isIn(rows: ProjectionRows): boolean;
  parametersOf(rows: ProjectionRows): unknown[][];
}

interface SmallTableDefinition<Row> {
  name: string;
  /** Each with its type. */
  columns: Readonly<Record<string, 'integer' | 'bigint' | 'text'>>;
  rowsOf(rows: ProjectionRows): ReadonlyMap<string, Row>;
  /** In the order of the columns. */
  valuesOf(row: Row): readonly (number | string)[];
  key: string;
  onConflict: string;
}

export function smallTable<Row>(definition: SmallTableDefinition<Row>): SmallTable {
  const { name, key, onConflict, rowsOf, valuesOf } = definition;
  const columns = Object.keys(definition.columns).join(', ');
  const arrays = Object.values(definition.columns).map((type, index) => `$${index + 1}::${type}[]`);
  return {
    kind: 'small',
    name,
    key,
    statement: `insert into ${name} (${columns}) select * from unnest(${arrays.join(', ')}) as given (${columns})
      order by ${key} on conflict (${key}) ${onConflict}`,
    isIn: (rows) => rowsOf(rows).size > 0,
    parametersOf: (rows) => {
      const values = [...rowsOf(rows).values()].map(valuesOf);
      return arrays.map((_, column) => values.map((row) => row[column]));
    },
  };
}

export type ProjectionTable = StagedTable | SmallTable;

export const names = (text: string) => text.split(' ');
