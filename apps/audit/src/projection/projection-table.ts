import type { ProjectionRows } from '../project/projection-rows.js';
import type { CopyEncoder } from './copy-encoder.js';

interface TableDefinition<Row> {
  name: string;
  columns: readonly string[];
  rowsOf(rows: ProjectionRows): Iterable<Row>;
  encode(copy: CopyEncoder, row: Row): void;
  /** Columns of the primary key; of a partitioned table the time is one, and is the same in every record of a row. */
  key: string;
  /** What happens where the key exists. */
  onConflict: string;
}

/** How rows of one kind reach their table. */
export interface ProjectionTable {
  name: string;
  columns: string;
  key: string;
  onConflict: string;
  /** The table's rows of a flush in COPY's binary format, or null where it has none. */
  encoded(rows: ProjectionRows, copy: CopyEncoder): Buffer | null;
}

export function projectionTable<Row>({
  name,
  columns,
  key,
  onConflict,
  rowsOf,
  encode,
}: TableDefinition<Row>): ProjectionTable {
  const encoded = (rows: ProjectionRows, copy: CopyEncoder) => {
    let count = 0;
    for (const row of rowsOf(rows)) {
      if (count === 0) copy.start();
      count += 1;
      copy.row(columns.length);
      encode(copy, row);
    }
    return count > 0 ? copy.end() : null;
  };
  return { name, columns: columns.join(', '), key, onConflict, encoded };
}

export const names = (text: string) => text.split(' ');
