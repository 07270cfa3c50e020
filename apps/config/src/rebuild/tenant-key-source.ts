import { quoted } from '@hookstile/event-store';
import type { ClientBase } from 'pg';
import type { TenantKeyRow } from '../tenant-keys/tenant-key.store.js';
import { type StoredTenantKey, tenantKeyOf } from '../tenant-keys/tenant-key.store.typeorm.js';
import { KEYS_PAGE_MAX } from './rebuild.bounds.js';

/** Keys of tenants' secrets are a source, as domain events are: no domain event leads to one. */
export const TENANT_KEY_KIND = 'tenant-key';

/** Every tenant's key in the snapshot that the client's transaction has. */
export async function* tenantKeys(client: ClientBase, schema: string): AsyncGenerator<TenantKeyRow> {
  let after = '';
  for (;;) {
    const { rows } = await client.query<StoredTenantKey>(
      `SELECT * FROM ${quoted(schema)}.tenant_keys WHERE tenant_id > $1 ORDER BY tenant_id LIMIT ${KEYS_PAGE_MAX}`,
      [after],
    );
    for (const row of rows) yield tenantKeyOf(row);
    const last = rows.at(-1);
    if (!last) return;
    after = last.tenant_id;
  }
}

export async function tenantKeyNow(client: ClientBase, schema: string, tenantId: string): Promise<TenantKeyRow | null> {
  const { rows } = await client.query<StoredTenantKey>(
    `SELECT * FROM ${quoted(schema)}.tenant_keys WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows[0] ? tenantKeyOf(rows[0]) : null;
}
