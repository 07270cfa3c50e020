import type { EndedStatus } from '@hookstile/contracts';
import { queryOf, type TenantQuery } from '@hookstile/service-runtime';
import type { DataSource, EntityManager } from 'typeorm';
import type { ViewReader } from '../read/view-reader.js';
import { VIEWS } from '../read/view-tables.js';
import { OPEN_RECOVERIES_MAX, OPEN_RECOVERIES_PER_TENANT_MAX, RECOVERY_MAX_DELIVERIES } from './recovery.bounds.js';
import type { RecoveryStore, Started, StartedBefore, Stop } from './recovery.store.js';
import type { NewRecovery, RecoveryRow, SelectedStatus, Selection, StartKey } from './recovery.types.js';
import { type FoundRecovery, RECOVERY_COLUMNS, recoveryRowOf } from './recovery-columns.js';

const UNIQUE_VIOLATION = '23505';
const RUNNING_INDEX = 'recoveries_running';
const START_ATTEMPTS_MAX = 3;

const STATUSES: Readonly<Record<SelectedStatus, readonly EndedStatus[]>> = {
  failed: ['failed'],
  discarded: ['discarded'],
  all: ['delivered', 'failed', 'discarded'],
};

/** What no dispatcher ever took stands below zero, and has no ending that could be repeated. */
const SELECTED = VIEWS.sql`from ${VIEWS.rows('deliveries')} where integration_id = $2 and accepted_at >= $3
  and accepted_at < $4 and status = any ($5) and delivery_offset >= 0`;

/** From `$2` on. */
function selectionParameters({ integrationId, sinceMs, untilMs, selected }: Selection): unknown[] {
  return [integrationId, new Date(sinceMs), new Date(untilMs), STATUSES[selected]];
}

const RECOVERIES = VIEWS.rows('recoveries');
const GET = VIEWS.sql`select ${RECOVERY_COLUMNS} from ${RECOVERIES} where id = $2`;
const STOP = VIEWS.update(
  'recoveries',
  `status = 'stopped', reason = $3, finished_at = $4, stopped_by = $5`,
  `id = $2 and status = 'running'`,
);
const STARTED_BEFORE = VIEWS.sql`select ${RECOVERY_COLUMNS}, key_fingerprint from ${RECOVERIES}
  where key_id = $2 and started_at > $3`;
const FORGET_KEY = VIEWS.update('recoveries', 'key_id = null, key_fingerprint = null', 'key_id = $2');
const RUNNING = VIEWS.sql`select id from ${RECOVERIES} where integration_id = $2 and status = 'running'`;
const INSERT = VIEWS.insert(
  'recoveries',
  `id, integration_id, since, until, selected, rate_per_second, status, started_at, started_by, matched, key_id,
     key_fingerprint`,
  `$2, $3, $4, $5, $6, $7, 'running', $8, $9, 0, $10, $11`,
);
/** A member is its recovery's, and with it the tenant's. */
const INSERT_MEMBERS = VIEWS.sql`insert into recovery_members
    (recovery_id, position, delivery_id, accepted_at, delivery_offset, status, reason)
  select $6, row_number() over (order by coalesce(first_offset, delivery_offset)), delivery_id, accepted_at, delivery_offset, status, reason
  from (select delivery_id, accepted_at, first_offset, delivery_offset, status, reason ${SELECTED} limit $7) as selected`;
const COUNT = VIEWS.sql`select count(*) as count ${SELECTED}`;

/** Ends the transaction that its deliveries are too many for. */
class TooManyDeliveries extends Error {}

export class TypeormRecoveryStore implements RecoveryStore {
  constructor(
    private readonly views: ViewReader,
    private readonly dataSource: DataSource,
  ) {}

  async count(selection: Selection): Promise<number> {
    const { tenantId } = selection;
    const [found] = await this.views.read<{ count: string }>(tenantId, COUNT, selectionParameters(selection));
    return Number(found?.count);
  }

  async start(recovery: NewRecovery, key: StartKey | null): Promise<Started> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.dataSource.transaction((manager) => startIn(manager, recovery, key));
      } catch (error) {
        if (error instanceof TooManyDeliveries) return { outcome: 'too-many-deliveries' };
        // Whose recovery was in the way may have seen it end already: then this one can be started.
        if (!isRunningAlready(error) || attempt === START_ATTEMPTS_MAX) throw error;
      }
    }
  }

  startedBefore(tenantId: string, key: StartKey): Promise<StartedBefore | null> {
    return startedBefore((statement, values = []) => this.views.read(tenantId, statement, values), key);
  }

  async get(tenantId: string, id: string): Promise<RecoveryRow | null> {
    const [found] = await this.views.read<FoundRecovery>(tenantId, GET, [id]);
    return found ? recoveryRowOf(found) : null;
  }

  async stop(tenantId: string, id: string, { reason, atMs, by }: Stop): Promise<RecoveryRow | null> {
    await queryOf(this.dataSource, tenantId)(STOP, [id, reason, new Date(atMs), by]);
    return this.get(tenantId, id);
  }
}

async function startIn(manager: EntityManager, recovery: NewRecovery, key: StartKey | null): Promise<Started> {
  const query = queryOf(manager, recovery.tenantId);
  if (key) {
    if (!(await claimed(manager, key))) return { outcome: 'in-flight' };
    const before = await startedBefore(query, key);
    if (before) return before;
    await query(FORGET_KEY, [key.id]);
  }
  return (await refusalOf(manager, query, recovery)) ?? (await insertRecovery(manager, query, recovery, key));
}

/** A lock that ends with the transaction, also where its process dies. */
async function claimed(manager: EntityManager, { id }: StartKey): Promise<boolean> {
  const [found]: [{ claimed: boolean }] = await manager.query(
    `select pg_try_advisory_xact_lock(hashtextextended(current_schema() || ':recovery-key:' || $1, 0)) as claimed`,
    [id],
  );
  return found.claimed;
}

async function startedBefore(query: TenantQuery, { id, expiredMs }: StartKey): Promise<StartedBefore | null> {
  const [found] = await query<FoundRecovery & { key_fingerprint: string }>(STARTED_BEFORE, [id, new Date(expiredMs)]);
  if (!found) return null;
  return { outcome: 'started-before', recovery: recoveryRowOf(found), fingerprint: found.key_fingerprint };
}

async function refusalOf(
  manager: EntityManager,
  query: TenantQuery,
  { tenantId, integrationId }: NewRecovery,
): Promise<Started | null> {
  const [running] = await query<{ id: string }>(RUNNING, [integrationId]);
  if (running) return { outcome: 'running', id: running.id };
  // Counted over all tenants: the bound is the service's.
  const [open]: [{ all: string; own: string }] = await manager.query(
    'select count(*) as all, count(*) filter (where tenant_id = $1) as own from recoveries where not closed',
    [tenantId],
  );
  if (Number(open.own) >= OPEN_RECOVERIES_PER_TENANT_MAX) return { outcome: 'too-many-of-tenant' };
  return Number(open.all) >= OPEN_RECOVERIES_MAX ? { outcome: 'too-many' } : null;
}

/** All in one transaction: who works a recovery sees it with all of its members. */
async function insertRecovery(
  manager: EntityManager,
  query: TenantQuery,
  recovery: NewRecovery,
  key: StartKey | null,
): Promise<Started> {
  const { id, integrationId, sinceMs, untilMs, selected, ratePerSecond, startedAtMs, startedBy } = recovery;
  await query(INSERT, [
    ...[id, integrationId, new Date(sinceMs), new Date(untilMs), selected, ratePerSecond],
    ...[new Date(startedAtMs), startedBy, key?.id ?? null, key?.fingerprint ?? null],
  ]);
  await query(INSERT_MEMBERS, [...selectionParameters(recovery), id, RECOVERY_MAX_DELIVERIES + 1]);
  const [found]: [{ count: string }] = await manager.query(
    'select count(*) as count from recovery_members where recovery_id = $1',
    [id],
  );
  const matched = Number(found.count);
  if (matched > RECOVERY_MAX_DELIVERIES) throw new TooManyDeliveries();
  const [[row]]: [[FoundRecovery]] = await manager.query(
    `update recoveries set matched = $2 where id = $1 returning ${RECOVERY_COLUMNS}`,
    [id, matched],
  );
  return { outcome: 'started', recovery: recoveryRowOf(row) };
}

function isRunningAlready(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === UNIQUE_VIOLATION && constraint === RUNNING_INDEX;
}
