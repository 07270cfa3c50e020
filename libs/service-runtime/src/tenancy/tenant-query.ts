import type { TenantSql } from './tenant-tables.js';

/** What TypeORM's connections and transactions have in common. */
interface Queryable {
  query<Rows>(text: string, values: unknown[]): Promise<Rows>;
}

/** Sends statements of one tenant; values from `$2` on. */
export type TenantQuery = <Row>(statement: TenantSql<'tenant'>, values?: readonly unknown[]) => Promise<Row[]>;

/** The one place that puts the tenant where `TenantTables` looks for it. */
export function queryOf(handle: Queryable, tenantId: string | null): TenantQuery {
  return ({ text }, values = []) => handle.query(text, [tenantId, ...values]);
}
