/** A file that sends statements, or loads aggregates, past `TenantTables` and `loadOf`; why it may; how often it does so. */
export interface AcrossTenants {
  path: string;
  /** Of a file that also reads for tenants: exactly so many. Null: nothing in it is done for a tenant who asks. */
  times: number | null;
  why: string;
}

const PROJECTS = 'writes what topics say, of all tenants';
const REBUILDS = 'compares and repairs all that is stored; run by operators';
const ROTATES = 'wraps the keys of all tenants anew; run by operators';
const BY_SIGNAL = 'a signal of the dispatcher names the integration; no tenant does';
const NO_TENANT = 'rows of partitions, offsets and hashes, which have no tenant';

/** The one list of what reads rows past their tenant. A new line needs a reason that a reader believes. */
export const ACROSS_TENANTS: readonly AcrossTenants[] = [
  {
    path: 'libs/service-runtime/src/tenancy/tenant-query.ts',
    times: 1,
    why: 'sends what TenantTables made; its tenant is $1',
  },
  { path: 'apps/audit/src/read/view-reader.ts', times: 2, why: 'sends what TenantTables made; its tenant is $1' },
  { path: 'apps/audit/src/export/snapshot.store.typeorm.ts', times: null, why: 'a ViewReader in a transaction' },
  { path: 'apps/audit/src/stats/stats.store.typeorm.ts', times: 1, why: 'removes counts past their time' },
  {
    path: 'apps/audit/src/recover/recovery.store.typeorm.ts',
    times: 4,
    why: 'a lock; the bound on all open ones; its own new row and members, by their id',
  },
  {
    path: 'apps/audit/src/recover/recovery-work.store.typeorm.ts',
    times: null,
    why: 'works off the recoveries of all',
  },
  { path: 'apps/audit/src/partitions/partition.store.typeorm.ts', times: null, why: 'makes and drops tables of days' },
  { path: 'apps/audit/src/projection/projection.store.typeorm.ts', times: null, why: PROJECTS },
  { path: 'apps/audit/src/rebuild/comparison.ts', times: null, why: REBUILDS },
  { path: 'apps/audit/src/rebuild/rebuild.ts', times: null, why: REBUILDS },
  { path: 'apps/audit/src/rebuild/shadow-schema.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/changes/changes.ts', times: 1, why: 'declares loadOfAny' },
  { path: 'apps/config/src/consumes/signals.ts', times: null, why: BY_SIGNAL },
  { path: 'apps/config/src/operational-events/run-notices.ts', times: null, why: BY_SIGNAL },
  {
    path: 'apps/config/src/idempotency/idempotency.store.typeorm.ts',
    times: 3,
    why: 'a lock; writes an answer with its tenant; removes expired ones',
  },
  {
    path: 'apps/config/src/read-models/read-model.store.typeorm.ts',
    times: 12,
    why: 'sends what TenantTables made; rows of aggregates, keys by their hash, tenants, versions, counts of signals',
  },
  { path: 'apps/config/src/rebuild/check.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rebuild/differences.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rebuild/repair.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rebuild/shadow-tables.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rebuild/stored-streams.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rebuild/tenant-key-source.ts', times: null, why: REBUILDS },
  { path: 'apps/config/src/rotate-keys/first-builds-secrets.ts', times: null, why: ROTATES },
  { path: 'apps/config/src/rotate-keys/main.ts', times: null, why: ROTATES },
  { path: 'apps/config/src/rotate-keys/rotate-keys.ts', times: null, why: ROTATES },
  {
    path: 'apps/config/src/tenant-keys/tenant-key.store.typeorm.ts',
    times: null,
    why: 'the tenant is the key of its one row; no operation shows any',
  },
  {
    path: 'apps/dispatcher/src/lanes/lane.store.typeorm.ts',
    times: null,
    why: 'rows of integrations, which have no tenant: who asks for lanes was found to own the integration',
  },
  { path: 'apps/dispatcher/src/ownership/fenced-transaction.ts', times: null, why: NO_TENANT },
  { path: 'apps/dispatcher/src/ownership/lease.store.typeorm.ts', times: null, why: NO_TENANT },
  { path: 'apps/event-ingest/src/inbox/inbox.store.typeorm.ts', times: null, why: NO_TENANT },
  { path: 'apps/event-ingest/src/inbox/settle-alone.ts', times: null, why: NO_TENANT },
  { path: 'apps/event-ingest/src/inbox/tenant-beginning.store.typeorm.ts', times: null, why: PROJECTS },
  { path: 'apps/event-ingest/src/routing/routed-through.store.typeorm.ts', times: null, why: NO_TENANT },
  {
    path: 'libs/event-store/src/event.store.typeorm.ts',
    times: null,
    why: 'streams have no tenant: loadOf looks at what it has loaded, and the history asks the read model first',
  },
  { path: 'libs/event-store/src/outbox-session.ts', times: null, why: 'publishes the records of all tenants' },
  { path: 'libs/service-runtime/src/database.ts', times: null, why: 'opens and migrates a database' },
  { path: 'libs/service-runtime/src/start-service.ts', times: null, why: 'asks whether the database answers' },
];
