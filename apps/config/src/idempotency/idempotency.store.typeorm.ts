import { quoted } from '@hookstile/event-store';
import { queryOf, TenantTables } from '@hookstile/service-runtime';
import type { DataSource, EntityManager } from 'typeorm';
import type { IdempotencyStore, KeptAnswer } from './idempotency.store.js';

interface Row {
  id: string;
  tenant_id: string | null;
  fingerprint: string;
  content: unknown;
  outbox_ids: string[];
  expires_at: Date;
}

export class TypeormIdempotencyStore implements IdempotencyStore<EntityManager> {
  private readonly table: string;
  private readonly tables: TenantTables<'idempotency_keys'>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly schema: string,
  ) {
    this.table = `${quoted(schema)}.idempotency_keys`;
    this.tables = new TenantTables(['idempotency_keys'], () => this.table);
  }

  /** A lock that ends with the connection: a process that dies leaves no request in flight behind. */
  async claim(manager: EntityManager, id: string): Promise<boolean> {
    const rows: { claimed: boolean }[] = await manager.query(
      'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed',
      [`${this.schema}:idempotency-key:${id}`],
    );
    return rows[0]?.claimed === true;
  }

  async get(manager: EntityManager, tenantId: string | null, id: string, now: string): Promise<KeptAnswer | null> {
    const statement = this.tables
      .sql`SELECT * FROM ${this.tables.rowsFoundById('idempotency_keys')} WHERE id = $2 AND expires_at > $3`;
    const [row] = await queryOf(manager, tenantId)<Row>(statement, [id, now]);
    return row ? answerOf(row) : null;
  }

  async put(manager: EntityManager, answer: KeptAnswer): Promise<void> {
    await manager.query(
      `INSERT INTO ${this.table} (id, tenant_id, fingerprint, content, outbox_ids, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET tenant_id = excluded.tenant_id, fingerprint = excluded.fingerprint,
         content = excluded.content, outbox_ids = excluded.outbox_ids, expires_at = excluded.expires_at`,
      [
        answer.id,
        answer.tenantId,
        answer.fingerprint,
        JSON.stringify(answer.content),
        answer.outboxIds,
        answer.expiresAt,
      ],
    );
  }

  async deleteOfTenant(manager: EntityManager, tenantId: string): Promise<void> {
    await queryOf(manager, tenantId)(this.tables.delete('idempotency_keys'));
  }

  async deleteExpired(now: string, limit: number): Promise<number> {
    const [, deleted]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM ${this.table} WHERE id IN (
         SELECT id FROM ${this.table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [now, limit],
    );
    return deleted;
  }
}

function answerOf(row: Row): KeptAnswer {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    fingerprint: row.fingerprint,
    content: row.content,
    outboxIds: row.outbox_ids.map(Number),
    expiresAt: row.expires_at.toISOString(),
  };
}
