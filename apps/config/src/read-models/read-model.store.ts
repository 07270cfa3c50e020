import type { Configuration } from '@hookstile/contracts';
import type { FoundKey } from '@hookstile/service-runtime';

/** What has a read model: the aggregates. A tenant's key is none, and is kept apart from them. */
export type Kind = Exclude<Configuration['kind'], 'tenant-key'>;

/** Things that are found by their names: one name is one thing's, in each tenant. */
export type NamedKind = Extract<Kind, 'decision-rule'>;

/** The newest state of one aggregate, with what is searched for in columns of its own. */
export interface ReadModelRow {
  id: string;
  tenantId: string;
  version: number;
  deleted: boolean;
  /** Sequence of the domain event that created it: rises with time and never changes. */
  position: number;
  state: unknown;
  /** Of an API key. */
  hash?: string;
}

export interface ReadModelPage {
  limit: number;
  /** Only rows below this position. */
  before: number | null;
}

/** A thing and what its settings call it; no name need be one thing's. */
export interface NamedThing {
  id: string;
  name: string;
}

export interface FailureCount {
  integrationId: string;
  enablement: number;
  sequence: number;
  consecutiveFailures: number;
}

/** A failure run, and what operational events have told of it. */
export interface FailureRun extends FailureCount {
  /** Whether its beginning was told. */
  told: boolean;
  /** Runs told of since then. */
  toldSinceMs: number;
  toldCount: number;
}

/** Who would get an operational event. */
export interface Subscription {
  tenantId: string;
  /** Any of which an integration's `eventTypes` name. */
  patterns: readonly string[];
  /** The integration that it is about. */
  exceptId: string;
}

export interface KeyVersion {
  kind: Kind;
  id: string;
  version: number;
}

/**
 * What config reads. Rows are written in the transaction that appends the domain events they come from. What is read for
 * a tenant is read by it: the row of another one is none. A tenant's own row is its own, too.
 */
export interface ReadModelStore<Handle> {
  put(handle: Handle, kind: Kind, row: ReadModelRow): Promise<void>;
  /** Forgets a row, whatever it holds; for a rebuild, which knows better. */
  remove(handle: Handle, kind: Kind, id: string): Promise<void>;
  /** Also a deleted one. Inside a transaction give its handle: a second connection could be one too many. */
  get(tenantId: string, kind: Kind, id: string, handle?: Handle): Promise<ReadModelRow | null>;
  /** Newest first, without deleted ones. */
  list(tenantId: string, kind: Kind, page: ReadModelPage): Promise<ReadModelRow[]>;
  /** Of all tenants there are, newest first. */
  listTenants(page: ReadModelPage): Promise<ReadModelRow[]>;
  /** The tenant's, without deleted ones, as the transaction sees them. */
  idsOfTenant(handle: Handle, kind: Kind, tenantId: string): Promise<string[]>;
  /** At most `limit` of the tenant's things, oldest first, without deleted ones, as the transaction sees them. */
  namesOfTenant(handle: Handle, kind: 'integration', tenantId: string, limit: number): Promise<NamedThing[]>;
  /** The tenant's thing whose settings have this name, unless it is deleted, as the transaction sees them. */
  idByName(handle: Handle, kind: NamedKind, tenantId: string, name: string): Promise<string | null>;
  /** The tenant's integrations that have one of the profiles, without deleted ones, as the transaction sees them. */
  idsOfProfiles(handle: Handle, tenantId: string, profiles: readonly string[]): Promise<string[]>;
  /** What the tenant's things take, deleted ones apart: of each its state as JSON, and `thingBytes`. */
  bytesOfTenant(handle: Handle, tenantId: string, thingBytes: number): Promise<number>;
  /** The API key with this hash unless it is deleted. */
  keyByHash(hash: string): Promise<FoundKey | null>;
  /** Every aggregate's version, deleted ones too, by kind and id; `after` is the last one of the page before. */
  versions(kind: Kind, after: string, limit: number): Promise<KeyVersion[]>;
  /** Keeps a count, of which nothing was told, unless a later one of the same integration is known. */
  putFailures(counts: readonly FailureCount[]): Promise<void>;
  /** Of the tenant's integrations. */
  failuresOf(tenantId: string, integrationIds: readonly string[], handle?: Handle): Promise<Map<string, FailureCount>>;
  /** Whosever they are. */
  failureRunsOf(integrationIds: readonly string[], handle?: Handle): Promise<Map<string, FailureRun>>;
  /** Likewise unless a later one is known. */
  putFailureRun(handle: Handle, run: FailureRun): Promise<void>;
  isSubscribed(handle: Handle, subscription: Subscription): Promise<boolean>;
  /** Of these tenants those with an integration, not deleted, that names one of the patterns. */
  subscribedTenants(tenantIds: readonly string[], patterns: readonly string[]): Promise<Set<string>>;
}

export const READ_MODELS = Symbol('ReadModels');
