import { configurationKey } from '@hookstile/contracts';
import { preparedQuery, quoted } from '@hookstile/event-store';
import type { DataSource, EntityManager } from 'typeorm';
import type { RingKeyUse, TenantKeyRow, TenantKeyStore } from './tenant-key.store.js';

/** A row as it stands in the table. */
export interface StoredTenantKey {
  tenant_id: string;
  version: number;
  key_id: string | null;
  nonce: string | null;
  ciphertext: string | null;
  at: Date;
}

export class TypeormTenantKeyStore implements TenantKeyStore<EntityManager> {
  private readonly table: string;
  private readonly outbox: string;

  constructor(
    private readonly dataSource: DataSource,
    schema: string,
  ) {
    this.table = `${quoted(schema)}.tenant_keys`;
    this.outbox = `${quoted(schema)}.outbox`;
  }

  async get(manager: EntityManager, tenantId: string): Promise<TenantKeyRow | null> {
    const rows = await preparedQuery<StoredTenantKey>(
      manager,
      'get-tenant-key',
      `SELECT tenant_id, version, key_id, nonce, ciphertext, at FROM ${this.table} WHERE tenant_id = $1`,
      [tenantId],
    );
    return rows[0] ? tenantKeyOf(rows[0]) : null;
  }

  async lock(manager: EntityManager, tenantId: string): Promise<TenantKeyRow | null> {
    const rows: StoredTenantKey[] = await manager.query(`SELECT * FROM ${this.table} WHERE tenant_id = $1 FOR UPDATE`, [
      tenantId,
    ]);
    return rows[0] ? tenantKeyOf(rows[0]) : null;
  }

  async add(manager: EntityManager, row: TenantKeyRow): Promise<boolean> {
    const { tenantId, version, wrapped, at } = row;
    const added: unknown[] = await manager.query(
      `INSERT INTO ${this.table} (tenant_id, version, key_id, nonce, ciphertext, at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (tenant_id) DO NOTHING RETURNING tenant_id`,
      [tenantId, version, wrapped?.keyId ?? null, wrapped?.nonce ?? null, wrapped?.ciphertext ?? null, at],
    );
    return added.length > 0;
  }

  async replace(manager: EntityManager, rows: readonly TenantKeyRow[]): Promise<void> {
    await manager.query(
      `UPDATE ${this.table} AS t SET version = r.version, key_id = r.key_id, nonce = r.nonce,
         ciphertext = r.ciphertext, at = r.at
       FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
         AS r (tenant_id, version, key_id, nonce, ciphertext, at)
       WHERE t.tenant_id = r.tenant_id`,
      [
        rows.map(({ tenantId }) => tenantId),
        rows.map(({ version }) => version),
        rows.map(({ wrapped }) => wrapped?.keyId ?? null),
        rows.map(({ wrapped }) => wrapped?.nonce ?? null),
        rows.map(({ wrapped }) => wrapped?.ciphertext ?? null),
        rows.map(({ at }) => at),
      ],
    );
  }

  async forget(manager: EntityManager, row: TenantKeyRow): Promise<void> {
    await this.replace(manager, [row]);
    await manager.query(`DELETE FROM ${this.outbox} WHERE topic = 'configuration' AND key = $1`, [
      configurationKey('tenant-key', row.tenantId),
    ]);
  }

  async lockOthers(manager: EntityManager, keyId: string, after: string, limit: number): Promise<TenantKeyRow[]> {
    const rows: StoredTenantKey[] = await manager.query(
      `SELECT * FROM ${this.table} WHERE key_id <> $1 AND tenant_id > $2 ORDER BY tenant_id LIMIT $3 FOR UPDATE`,
      [keyId, after, limit],
    );
    return rows.map(tenantKeyOf);
  }

  async uses(): Promise<RingKeyUse[]> {
    const rows: { key_id: string; count: string }[] = await this.dataSource.query(
      `SELECT key_id, count(*) AS count FROM ${this.table} WHERE key_id IS NOT NULL GROUP BY key_id ORDER BY key_id`,
    );
    return rows.map(({ key_id: keyId, count }) => ({ keyId, count: Number(count) }));
  }

  async versions(after: string, limit: number): Promise<{ id: string; version: number }[]> {
    return this.dataSource.query(
      `SELECT tenant_id AS id, version FROM ${this.table} WHERE tenant_id > $1 ORDER BY tenant_id LIMIT $2`,
      [after, limit],
    );
  }
}

export function tenantKeyOf({
  tenant_id: tenantId,
  version,
  key_id: keyId,
  nonce,
  ciphertext,
  at,
}: StoredTenantKey): TenantKeyRow {
  const whole = keyId !== null && nonce !== null && ciphertext !== null;
  return { tenantId, version, wrapped: whole ? { keyId, nonce, ciphertext } : null, at: at.toISOString() };
}
