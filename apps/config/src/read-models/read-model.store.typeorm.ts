import type { Role } from '@hookstile/contracts';
import { preparedQuery, quoted } from '@hookstile/event-store';
import { type FoundKey, queryOf, type TenantSql, TenantTables } from '@hookstile/service-runtime';
import type { DataSource, EntityManager } from 'typeorm';
import type {
  FailureCount,
  FailureRun,
  KeyVersion,
  Kind,
  NamedKind,
  NamedThing,
  ReadModelPage,
  ReadModelRow,
  ReadModelStore,
  Subscription,
} from './read-model.store.js';

/** Where the rows of a kind stand, in config's schema. */
export const READ_MODEL_TABLES = {
  tenant: 'tenants',
  'api-key': 'api_keys',
  'event-type': 'event_types',
  integration: 'integrations',
  'decision-rule': 'decision_rules',
} as const satisfies Readonly<Record<Kind, string>>;

const THINGS_OF_TENANT: readonly Kind[] = ['api-key', 'event-type', 'integration', 'decision-rule'];

interface Row {
  id: string;
  tenant_id: string;
  version: number;
  deleted: boolean;
  position: string;
  state: unknown;
}

/** The columns of `Row`. */
const COLUMNS = 'id, tenant_id, version, deleted, position, state';

interface FailureRow {
  integration_id: string;
  enablement: number;
  sequence: string;
  consecutive_failures: number;
  told: boolean;
  told_since: Date;
  told_count: number;
}

/** The first half is word for word the index's, which holds the few that name types of ours at all; $2 are patterns. */
const SUBSCRIBED = `NOT deleted AND position('"hookstile.' in (state #> '{settings,eventTypes}')::text) > 0
  AND jsonb_exists_any(state #> '{settings,eventTypes}', $2::text[])`;

export class TypeormReadModelStore implements ReadModelStore<EntityManager> {
  private readonly schema: string;
  private readonly tables: TenantTables<(typeof READ_MODEL_TABLES)[Kind]>;

  constructor(
    private readonly dataSource: DataSource,
    schema: string,
  ) {
    this.schema = quoted(schema);
    this.tables = new TenantTables(Object.values(READ_MODEL_TABLES), (name) => `${this.schema}.${name}`);
  }

  async put(manager: EntityManager, kind: Kind, row: ReadModelRow): Promise<void> {
    const values: unknown[] = [row.id, row.tenantId, row.version, row.deleted, row.position, JSON.stringify(row.state)];
    const columns = ['id', 'tenant_id', 'version', 'deleted', 'position', 'state'];
    if (kind === 'api-key') {
      columns.push('hash');
      values.push(row.hash);
    }
    await preparedQuery(
      manager,
      `put-${kind}`,
      `INSERT INTO ${this.table(kind)} (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(', ')})
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, state = excluded.state`,
      values,
    );
  }

  async remove(manager: EntityManager, kind: Kind, id: string): Promise<void> {
    await manager.query(`DELETE FROM ${this.table(kind)} WHERE id = $1`, [id]);
  }

  async get(tenantId: string, kind: Kind, id: string, manager?: EntityManager): Promise<ReadModelRow | null> {
    const { text } = this.tables.sql`SELECT ${COLUMNS} FROM ${this.found(kind)} WHERE id = $2`;
    const rows = manager
      ? await preparedQuery<Row>(manager, `get-${kind}`, text, [tenantId, id])
      : await this.dataSource.query<Row[]>(text, [tenantId, id]);
    return rows[0] ? rowOf(rows[0]) : null;
  }

  async list(tenantId: string, kind: Kind, { limit, before }: ReadModelPage): Promise<ReadModelRow[]> {
    const statement = this.tables.sql`SELECT ${COLUMNS} FROM ${this.rows(kind)}
       WHERE NOT deleted AND ($2::bigint IS NULL OR position < $2) ORDER BY position DESC LIMIT $3`;
    return (await queryOf(this.dataSource, tenantId)<Row>(statement, [before, limit])).map(rowOf);
  }

  async listTenants({ limit, before }: ReadModelPage): Promise<ReadModelRow[]> {
    const rows: Row[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM ${this.table('tenant')}
       WHERE NOT deleted AND ($1::bigint IS NULL OR position < $1) ORDER BY position DESC LIMIT $2`,
      [before, limit],
    );
    return rows.map(rowOf);
  }

  async idsOfTenant(manager: EntityManager, kind: Kind, tenantId: string): Promise<string[]> {
    const statement = this.tables.sql`SELECT id FROM ${this.rows(kind)} WHERE NOT deleted ORDER BY id`;
    return (await queryOf(manager, tenantId)<{ id: string }>(statement)).map(({ id }) => id);
  }

  namesOfTenant(manager: EntityManager, kind: 'integration', tenantId: string, limit: number): Promise<NamedThing[]> {
    const statement = this.tables.sql`SELECT id, state #>> '{settings,name}' AS name FROM ${this.rows(kind)}
       WHERE NOT deleted ORDER BY position LIMIT $2`;
    return queryOf(manager, tenantId)(statement, [limit]);
  }

  async idByName(manager: EntityManager, kind: NamedKind, tenantId: string, name: string): Promise<string | null> {
    const statement = this.tables.sql`SELECT id FROM ${this.rows(kind)}
       WHERE state #>> '{settings,name}' = $2 AND NOT deleted`;
    const rows = await queryOf(manager, tenantId)<{ id: string }>(statement, [name]);
    return rows[0]?.id ?? null;
  }

  async idsOfProfiles(manager: EntityManager, tenantId: string, profiles: readonly string[]): Promise<string[]> {
    const statement = this.tables.sql`SELECT id FROM ${this.rows('integration')}
       WHERE NOT deleted AND state->'settings'->>'profile' = ANY($2::text[]) ORDER BY id`;
    return (await queryOf(manager, tenantId)<{ id: string }>(statement, [profiles])).map(({ id }) => id);
  }

  async bytesOfTenant(manager: EntityManager, tenantId: string, thingBytes: number): Promise<number> {
    const sums = THINGS_OF_TENANT.map(
      (kind) => this.tables.sql`SELECT sum(bytes + $2::integer) AS bytes FROM ${this.rows(kind)} WHERE NOT deleted`,
    );
    const { text } = this.tables
      .sql`SELECT coalesce(sum(bytes), 0) AS bytes FROM (${this.tables.join(sums, ' UNION ALL ')}) AS taken`;
    const [row] = await preparedQuery<{ bytes: string }>(manager, 'bytes-of-tenant', text, [tenantId, thingBytes]);
    return Number(row?.bytes);
  }

  async keyByHash(hash: string): Promise<FoundKey | null> {
    const rows: { id: string; tenant_id: string; state: { name: string; role: Role } }[] = await this.dataSource.query(
      `SELECT id, tenant_id, state FROM ${this.table('api-key')} WHERE hash = $1 AND NOT deleted`,
      [hash],
    );
    const row = rows[0];
    return row ? { tenantId: row.tenant_id, role: row.state.role, keyId: row.id, name: row.state.name } : null;
  }

  async versions(kind: Kind, after: string, limit: number): Promise<KeyVersion[]> {
    const rows: { id: string; version: number }[] = await this.dataSource.query(
      `SELECT id, version FROM ${this.table(kind)} WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
    return rows.map((row) => ({ kind, ...row }));
  }

  async putFailures(counts: readonly FailureCount[]): Promise<void> {
    const newest = new Map<string, FailureCount>();
    for (const count of counts) {
      const known = newest.get(count.integrationId);
      if (!known || count.sequence > known.sequence) newest.set(count.integrationId, count);
    }
    if (newest.size === 0) return;
    const rows = [...newest.values()];
    await this.dataSource.query(
      `INSERT INTO ${this.schema}.integration_failures (integration_id, enablement, sequence, consecutive_failures)
       SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[])
       ON CONFLICT (integration_id) DO UPDATE SET enablement = excluded.enablement, sequence = excluded.sequence,
         consecutive_failures = excluded.consecutive_failures, told = false
       WHERE integration_failures.sequence < excluded.sequence`,
      [
        rows.map(({ integrationId }) => integrationId),
        rows.map(({ enablement }) => enablement),
        rows.map(({ sequence }) => sequence),
        rows.map(({ consecutiveFailures }) => consecutiveFailures),
      ],
    );
  }

  async failuresOf(
    tenantId: string,
    integrationIds: readonly string[],
    manager?: EntityManager,
  ): Promise<Map<string, FailureCount>> {
    const statement = this.tables.sql`SELECT failures.* FROM ${this.schema}.integration_failures AS failures
       JOIN ${this.found('integration')} ON id = integration_id WHERE integration_id = ANY($2::text[])`;
    const rows = await queryOf(manager ?? this.dataSource, tenantId)<FailureRow>(statement, [integrationIds]);
    return new Map(rows.map((row) => [row.integration_id, failureCountOf(row)]));
  }

  async failureRunsOf(integrationIds: readonly string[], manager?: EntityManager): Promise<Map<string, FailureRun>> {
    const rows: FailureRow[] = await (manager ?? this.dataSource).query(
      `SELECT * FROM ${this.schema}.integration_failures WHERE integration_id = ANY($1::text[])`,
      [integrationIds],
    );
    return new Map(rows.map((row) => [row.integration_id, failureRunOf(row)]));
  }

  async putFailureRun(manager: EntityManager, run: FailureRun): Promise<void> {
    await manager.query(
      `INSERT INTO ${this.schema}.integration_failures
         (integration_id, enablement, sequence, consecutive_failures, told, told_since, told_count)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (integration_id) DO UPDATE SET enablement = excluded.enablement, sequence = excluded.sequence,
         consecutive_failures = excluded.consecutive_failures, told = excluded.told, told_since = excluded.told_since,
         told_count = excluded.told_count
       WHERE integration_failures.sequence < excluded.sequence`,
      [
        run.integrationId,
        run.enablement,
        run.sequence,
        run.consecutiveFailures,
        run.told,
        new Date(run.toldSinceMs),
        run.toldCount,
      ],
    );
  }

  async isSubscribed(manager: EntityManager, { tenantId, patterns, exceptId }: Subscription): Promise<boolean> {
    const statement = this.tables.sql`SELECT FROM ${this.rows('integration')} WHERE ${SUBSCRIBED} AND id <> $3 LIMIT 1`;
    return (await queryOf(manager, tenantId)(statement, [patterns, exceptId])).length > 0;
  }

  async subscribedTenants(tenantIds: readonly string[], patterns: readonly string[]): Promise<Set<string>> {
    const statement = this.tables
      .sqlOfMany`SELECT DISTINCT tenant_id FROM ${this.tables.rowsOfMany('integrations')} WHERE ${SUBSCRIBED}`;
    const rows: { tenant_id: string }[] = await this.dataSource.query(statement.text, [tenantIds, patterns]);
    return new Set(rows.map((row) => row.tenant_id));
  }

  private rows(kind: Kind): TenantSql<'tenant'> {
    return this.tables.rows(READ_MODEL_TABLES[kind]);
  }

  private found(kind: Kind): TenantSql<'tenant'> {
    return this.tables.rowsFoundById(READ_MODEL_TABLES[kind]);
  }

  private table(kind: Kind): string {
    return `${this.schema}.${READ_MODEL_TABLES[kind]}`;
  }
}

function failureRunOf(row: FailureRow): FailureRun {
  const { told, told_since, told_count: toldCount } = row;
  return { ...failureCountOf(row), told, toldSinceMs: told_since.getTime(), toldCount };
}

function failureCountOf(row: FailureRow): FailureCount {
  return {
    integrationId: row.integration_id,
    enablement: row.enablement,
    sequence: Number(row.sequence),
    consecutiveFailures: row.consecutive_failures,
  };
}

function rowOf(row: Row): ReadModelRow {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    version: row.version,
    deleted: row.deleted,
    position: Number(row.position),
    state: row.state,
  };
}
