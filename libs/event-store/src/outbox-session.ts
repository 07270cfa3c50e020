import type { TopicName } from '@hookstile/contracts';
import type { Client } from 'pg';
import type { OutboxRecord } from './event.store.js';
import { quoted } from './event-store-tables.js';

const BEATS_IN_IDLE_MAX = 4;

export interface OutboxRow {
  id: number;
  record: OutboxRecord;
}

interface UnpublishedRow {
  id: string;
  topic: TopicName;
  partition: number;
  key: string;
  headers: Record<string, string>;
  value: Buffer;
}

/**
 * What a relay does in Postgres, all on one connection of its own: who holds that connection's advisory lock leads, and
 * a relay whose connection is gone can neither read the outbox nor mark it, so it stops by itself.
 */
export class OutboxSession {
  private readonly outbox: string;
  private readonly lockName: string;

  /** @param idleMaxMs the server ends the session, and with it the lead, of a process that is silent for so long */
  constructor(
    private readonly client: Client,
    schema: string,
    private readonly idleMaxMs: number,
  ) {
    this.outbox = `${quoted(schema)}.outbox`;
    this.lockName = `hookstile.outbox:${schema}`;
  }

  /** Listens for hints; `onLost` is called once when the connection ends, for whatever reason. */
  async open(channel: string, onHint: () => void, onLost: () => void): Promise<void> {
    this.client.on('error', () => undefined);
    this.client.on('notification', onHint);
    this.client.once('end', onLost);
    // A mark that a crash of Postgres forgets costs a record written twice; readers drop duplicates.
    await this.client.query('SET synchronous_commit = off');
    // A process that was stopped keeps its connection: its kernel still answers for it.
    await this.client.query(`SET idle_session_timeout = ${this.idleMaxMs}`);
    await this.client.query(`LISTEN ${quoted(channel)}`);
  }

  async tryLead(): Promise<boolean> {
    const { rows } = await this.client.query<{ leads: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS leads',
      [this.lockName],
    );
    return rows[0]?.leads === true;
  }

  /** The oldest rows that are not published. Never "newer than the last one": slower transactions commit below it. */
  async unpublished(limit: number): Promise<OutboxRow[]> {
    const { rows } = await this.client.query<UnpublishedRow>({
      name: 'outbox-unpublished',
      text: `SELECT id, topic, partition, key, headers, value FROM ${this.outbox}
             WHERE published_at IS NULL ORDER BY id LIMIT $1`,
      values: [limit],
    });
    return rows.map(({ id, ...record }) => ({ id: Number(id), record }));
  }

  async markPublished(ids: readonly number[]): Promise<void> {
    await this.client.query({
      name: 'outbox-mark',
      text: `UPDATE ${this.outbox} SET published_at = now() WHERE id = ANY($1::bigint[])`,
      values: [ids],
    });
  }

  /** Of these rows the ones that are still to be published. */
  async stillUnpublished(ids: readonly number[]): Promise<Set<number>> {
    const { rows } = await this.client.query<{ id: string }>({
      name: 'outbox-pending',
      text: `SELECT id FROM ${this.outbox} WHERE id = ANY($1::bigint[]) AND published_at IS NULL`,
      values: [ids],
    });
    return new Set(rows.map(({ id }) => Number(id)));
  }

  async hint(channel: string): Promise<void> {
    await this.client.query('SELECT pg_notify($1, $2)', [channel, '']);
  }

  /** Deletes at most `limit` rows that were published longer ago than `keptMs`. */
  async purge(keptMs: number, limit: number): Promise<void> {
    await this.client.query(
      `DELETE FROM ${this.outbox} WHERE id IN (SELECT id FROM ${this.outbox}
       WHERE published_at < now() - make_interval(secs => $1) LIMIT $2)`,
      [keptMs / 1000, limit],
    );
  }

  /** Runs `work`, in which nothing is asked of Postgres, and shows all the while that the process is alive. */
  async whileAlive<T>(work: () => Promise<T>): Promise<T> {
    let beat: Promise<unknown> = Promise.resolve();
    const beats = setInterval(() => {
      beat = beat.then(() => this.client.query(`SELECT FROM ${this.outbox} LIMIT 0`)).catch(() => undefined);
    }, this.idleMaxMs / BEATS_IN_IDLE_MAX);
    try {
      return await work();
    } finally {
      clearInterval(beats);
      await beat;
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
