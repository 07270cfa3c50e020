import type { DataSource } from 'typeorm';
import type { InboxStore } from './inbox.store.js';
import type { InboxEntry } from './inbox-entry.js';

const MS_PER_MINUTE = 60_000;

const CLAIM = `
  INSERT INTO inbox (key, source_partition, source_offset, body_hash, received_minute)
  SELECT key, source_partition, source_offset, body_hash, $5::integer
  FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::uuid[])
    AS given (key, source_partition, source_offset, body_hash)
  ON CONFLICT (key) DO NOTHING`;

const HOLDERS = `
  SELECT replace(key::text, '-', '') AS key, source_partition, source_offset::float8 AS source_offset,
         replace(body_hash::text, '-', '') AS body_hash
  FROM inbox WHERE key = ANY($1::uuid[])`;

/** Rows are found by a whole minute: equal index entries share their storage, which keeps the index small. */
const REMOVE = `
  DELETE FROM inbox WHERE ctid = ANY(ARRAY(SELECT ctid FROM inbox WHERE received_minute < $1 LIMIT $2))`;

interface HolderRow {
  key: string;
  source_partition: number;
  source_offset: number;
  body_hash: string;
}

/** An array literal of values that need no quotes: hex digits and whole numbers. */
function arrayOf(entries: readonly InboxEntry[], value: (entry: InboxEntry) => string | number): string {
  return `{${entries.map(value).join()}}`;
}

export class TypeormInboxStore implements InboxStore {
  constructor(private readonly dataSource: DataSource) {}

  async claim(entries: readonly InboxEntry[], nowMs: number): Promise<ReadonlyMap<string, InboxEntry>> {
    const holders = new Map(entries.map((entry) => [entry.key, entry]));
    if (entries.length === 0) return holders;
    // Two routers that insert the same keys in different orders would wait for each other in a circle.
    const sorted = entries.toSorted((left, right) => (left.key < right.key ? -1 : 1));
    const inserted = await this.insert(sorted, nowMs);
    if (inserted === entries.length) return holders;
    const rows: HolderRow[] = await this.dataSource.query(HOLDERS, [arrayOf(sorted, ({ key }) => key)]);
    // Retention may have taken a row between both statements; the caller tries again.
    if (rows.length !== entries.length) throw new Error('an inbox row vanished while it was claimed');
    for (const row of rows) {
      const { key, source_partition: sourcePartition, source_offset: sourceOffset, body_hash: bodyHash } = row;
      holders.set(key, { key, sourcePartition, sourceOffset, bodyHash });
    }
    return holders;
  }

  private async insert(sorted: readonly InboxEntry[], nowMs: number): Promise<number> {
    return this.affected(CLAIM, [
      arrayOf(sorted, ({ key }) => key),
      arrayOf(sorted, ({ sourcePartition }) => sourcePartition),
      arrayOf(sorted, ({ sourceOffset }) => sourceOffset),
      arrayOf(sorted, ({ bodyHash }) => bodyHash),
      Math.floor(nowMs / MS_PER_MINUTE),
    ]);
  }

  removeOlderThan(beforeMs: number, maxRows: number): Promise<number> {
    return this.affected(REMOVE, [Math.floor(beforeMs / MS_PER_MINUTE), maxRows]);
  }

  private async affected(statement: string, parameters: unknown[]): Promise<number> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const result = await runner.query(statement, parameters, true);
      return result.affected ?? 0;
    } finally {
      await runner.release();
    }
  }
}
