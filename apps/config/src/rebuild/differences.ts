import { quoted } from '@hookstile/event-store';
import type { ClientBase } from 'pg';
import { AGGREGATES } from '../changes/aggregates.js';
import type { Kind } from '../read-models/read-model.store.js';
import { READ_MODEL_TABLES } from '../read-models/read-model.store.typeorm.js';
import { KEYS_PAGE_MAX, NAMED_MAX } from './rebuild.bounds.js';
import { columnsOf, shadowOf } from './shadow-tables.js';

/**
 * - `missing`: the domain events say that it is there.
 * - `extra`: no domain event says so.
 * - `differs`: another content.
 * - `older`: of a record: the topic ends with a version before the newest.
 * - `ahead`: of a record: the topic has a version that no domain event leads to.
 */
export type Difference = 'missing' | 'extra' | 'differs' | 'older' | 'ahead';

/** Of one read model, or of the topic. */
export interface Compared {
  name: string;
  identical: number;
  differing: readonly { difference: Difference; count: number; ids: readonly string[] }[];
}

/** What differs, in a temporary table: after a lost topic that is every key. */
export class Differences {
  constructor(
    private readonly client: ClientBase,
    private readonly schema: string,
  ) {}

  async create(): Promise<void> {
    await this.client.query(
      `CREATE TEMP TABLE differing (place text, id text COLLATE "C", difference text NOT NULL, PRIMARY KEY (place, id))`,
    );
  }

  /** Compares each read model with its shadow, row by row, in the snapshot that the client's transaction has. */
  async compareReadModels(): Promise<void> {
    for (const { kind } of AGGREGATES) {
      const of = (table: string) => `(${columnsOf(kind).map((column) => `${table}.${column}`)})`;
      await this.client.query(
        `INSERT INTO differing (place, id, difference)
         SELECT $1, coalesce(shadow.id, live.id),
           CASE WHEN live.id IS NULL THEN 'missing' WHEN shadow.id IS NULL THEN 'extra' ELSE 'differs' END
         FROM ${shadowOf(kind)} shadow
         FULL JOIN ${quoted(this.schema)}.${READ_MODEL_TABLES[kind]} live ON live.id = shadow.id
         WHERE ${of('live')} IS DISTINCT FROM ${of('shadow')}`,
        [kind],
      );
    }
  }

  /** Compares the newest record of each key. What is deleted and no longer known at all is no difference. */
  async compareRecords(): Promise<void> {
    await this.client.query(
      `INSERT INTO differing (place, id, difference)
       SELECT 'topic', coalesce(expected.key, found.key),
         CASE WHEN found.key IS NULL THEN 'missing' WHEN expected.key IS NULL THEN 'extra'
              WHEN found.version < expected.version THEN 'older' WHEN found.version > expected.version THEN 'ahead'
              ELSE 'differs' END
       FROM expected_records expected FULL JOIN found_records found ON found.key = expected.key
       WHERE (expected.version, expected.digest) IS DISTINCT FROM (found.version, found.digest)
         AND NOT (expected.key IS NULL AND found.deleted)`,
    );
  }

  /** A page of what differs at one place, by id; `after` is the last one of the page before. */
  async page(
    place: Kind | 'topic',
    differences: readonly Difference[],
    after: string,
  ): Promise<{ id: string; difference: Difference }[]> {
    const { rows } = await this.client.query<{ id: string; difference: Difference }>(
      `SELECT id, difference FROM differing WHERE place = $1 AND difference = ANY($2::text[]) AND id > $3
       ORDER BY id LIMIT ${KEYS_PAGE_MAX}`,
      [place, differences, after],
    );
    return rows;
  }

  async settle(key: string, difference: Difference | null): Promise<void> {
    const where = `WHERE place = 'topic' AND id = $1`;
    if (difference === null) await this.client.query(`DELETE FROM differing ${where}`, [key]);
    else await this.client.query(`UPDATE differing SET difference = $2 ${where}`, [key, difference]);
  }

  async compared(): Promise<Compared[]> {
    const places = AGGREGATES.map(({ kind }) => ({ place: kind, name: READ_MODEL_TABLES[kind], of: shadowOf(kind) }));
    const all = [...places, { place: 'topic', name: 'topic configuration', of: 'expected_records' }];
    const compared: Compared[] = [];
    for (const { place, name, of } of all) {
      const differing = await this.differingAt(place);
      const known = await this.client.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${of}`);
      const beside = differing.reduce((sum, { difference, count }) => sum + (difference === 'extra' ? 0 : count), 0);
      compared.push({ name, identical: (known.rows[0]?.count ?? 0) - beside, differing });
    }
    return compared;
  }

  private async differingAt(place: string): Promise<Compared['differing']> {
    const { rows } = await this.client.query<{ difference: Difference; count: number; ids: string[] }>(
      `SELECT difference, count(*)::integer AS count, (array_agg(id ORDER BY id))[1:${NAMED_MAX}] AS ids
       FROM differing WHERE place = $1 GROUP BY difference ORDER BY difference`,
      [place],
    );
    return rows;
  }
}
