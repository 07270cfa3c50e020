import { quoted } from '@hookstile/event-store';
import type { ClientBase } from 'pg';
import { AGGREGATES } from '../changes/aggregates.js';
import type { Kind, ReadModelRow } from '../read-models/read-model.store.js';
import { READ_MODEL_TABLES } from '../read-models/read-model.store.typeorm.js';
import { SHADOW_BATCH_MAX_ROWS } from './rebuild.bounds.js';

/** A record of `configuration` as it is compared: the digest stands for its bytes. */
export interface KeyedRecord {
  key: string;
  /** Null where the record cannot be read. */
  version: number | null;
  digest: string;
}

/** A key's newest record in the topic. */
export interface FoundRecord extends KeyedRecord {
  offset: number;
  /** It says that the thing is deleted. */
  deleted: boolean;
}

const KINDS: readonly Kind[] = AGGREGATES.map(({ kind }) => kind);
const BASE_COLUMNS = ['id', 'tenant_id', 'version', 'deleted', 'position', 'state'];

export function columnsOf(kind: Kind): string[] {
  return kind === 'api-key' ? [...BASE_COLUMNS, 'hash'] : BASE_COLUMNS;
}

export function shadowOf(kind: Kind): string {
  return `pg_temp.shadow_${READ_MODEL_TABLES[kind]}`;
}

/**
 * What the domain events say, in temporary tables beside the live ones: they cost the process no memory, nobody else sees
 * them, and they go with the connection.
 */
export class ShadowTables {
  private readonly rows = new Map<Kind, ReadModelRow[]>();
  private records: KeyedRecord[] = [];

  constructor(
    private readonly client: ClientBase,
    private readonly schema: string,
  ) {}

  async create(): Promise<void> {
    for (const kind of KINDS) {
      await this.client.query(
        `CREATE TEMP TABLE ${shadowOf(kind).replace('pg_temp.', '')}
         (LIKE ${quoted(this.schema)}.${READ_MODEL_TABLES[kind]}, PRIMARY KEY (id))`,
      );
    }
    await this.client.query(
      'CREATE TEMP TABLE expected_records (key text COLLATE "C" PRIMARY KEY, version bigint, digest text NOT NULL)',
    );
    await this.client.query(
      `CREATE TEMP TABLE found_records (key text COLLATE "C" PRIMARY KEY, version bigint, digest text NOT NULL,
         at_offset bigint NOT NULL, deleted boolean NOT NULL)`,
    );
  }

  async addRow(kind: Kind, row: ReadModelRow): Promise<void> {
    const rows = this.rows.get(kind) ?? [];
    this.rows.set(kind, rows);
    rows.push(row);
    if (rows.length >= SHADOW_BATCH_MAX_ROWS) await this.flushRows(kind);
  }

  async addExpected(record: KeyedRecord): Promise<void> {
    this.records.push(record);
    if (this.records.length >= SHADOW_BATCH_MAX_ROWS) await this.flushExpected();
  }

  /** Writes what waits for its batch. */
  async flush(): Promise<void> {
    for (const kind of KINDS) await this.flushRows(kind);
    await this.flushExpected();
  }

  /** Keeps the last record of each key. */
  async addFound(records: readonly FoundRecord[]): Promise<void> {
    const last = [...new Map(records.map((record) => [record.key, record])).values()];
    await this.client.query(
      `INSERT INTO found_records (key, version, digest, at_offset, deleted)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[])
       ON CONFLICT (key) DO UPDATE SET version = excluded.version, digest = excluded.digest,
         at_offset = excluded.at_offset, deleted = excluded.deleted`,
      [
        last.map(({ key }) => key),
        last.map(({ version }) => version),
        last.map(({ digest }) => digest),
        last.map(({ offset }) => offset),
        last.map(({ deleted }) => deleted),
      ],
    );
  }

  /** A tombstone takes a key out of the topic. */
  async forgetFound(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.client.query('DELETE FROM found_records WHERE key = ANY($1::text[])', [keys]);
  }

  private async flushRows(kind: Kind): Promise<void> {
    const rows = this.rows.get(kind) ?? [];
    if (rows.length === 0) return;
    this.rows.set(kind, []);
    const columns = columnsOf(kind);
    await this.client.query(
      `INSERT INTO ${shadowOf(kind)} (${columns.join(', ')})
       SELECT ${columns.map((column) => `r.${column}`).join(', ')}
       FROM unnest($1::text[], $2::text[], $3::integer[], $4::boolean[], $5::bigint[], $6::jsonb[], $7::text[])
         AS r (id, tenant_id, version, deleted, position, state, hash)`,
      [
        rows.map(({ id }) => id),
        rows.map(({ tenantId }) => tenantId),
        rows.map(({ version }) => version),
        rows.map(({ deleted }) => deleted),
        rows.map(({ position }) => position),
        rows.map(({ state }) => JSON.stringify(state)),
        rows.map(({ hash }) => hash ?? null),
      ],
    );
  }

  private async flushExpected(): Promise<void> {
    const { records } = this;
    if (records.length === 0) return;
    this.records = [];
    await this.client.query(
      `INSERT INTO expected_records (key, version, digest)
       SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])`,
      [records.map(({ key }) => key), records.map(({ version }) => version), records.map(({ digest }) => digest)],
    );
  }
}
