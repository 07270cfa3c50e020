import { AsyncLocalStorage } from 'node:async_hooks';
import { type Committed, type EventStore, EventStoreError, type EventStoreTransaction } from '@hookstile/event-store';
import { ProblemError, type TenantSecrets } from '@hookstile/service-runtime';
import type { IntegrationNotice } from '../operational-events/integration-notice.js';
import { tell } from '../operational-events/tell.js';
import type { FailureCount, FailureRun, Kind, NamedThing, ReadModelStore } from '../read-models/read-model.store.js';
import type { RewrappedBatch, TenantKeys } from '../tenant-keys/tenant-keys.js';
import type { Tenant } from '../tenants/tenant.decider.js';
import { tenantAggregate } from '../tenants/tenant-aggregate.js';
import type { Aggregate } from './aggregate.js';
import { aggregateOfKind } from './aggregates.js';
import { type ChangeContext, LoadedAggregate } from './loaded-aggregate.js';
import { noSuch } from './no-such.js';
import { type Origin, SYSTEM_ORIGIN } from './origin.js';
import { TENANT_CONFIGURATION_MAX_BYTES, TenantRoom } from './tenant-room.js';

/** Longest wait for a change's records to be in their topics; beyond it the answer says that they will be. */
export const PUBLICATION_WAIT_MAX_MS = 5_000;
/** Unpublished rows that changes may wait for; beyond it no change is taken, lest the outbox grows while Kafka is away. */
export const PUBLICATIONS_WAITING_MAX = 2_000;
const RETRY_AFTER_SECONDS = 1;

const NOT_PUBLISHED =
  'The change is stored and will be published, but that has not happened yet. ' +
  'Repeat the request if it has an Idempotency-Key; else read the change back before trying again.';
const TOO_MANY_WAIT = 'Too many changes wait for their publication; nothing was changed.';

/** What `Changes` needs of the outbox relay. */
export interface Publications {
  readonly waiting: number;
  published(outboxIds: readonly number[], timeoutMs: number): Promise<boolean>;
}

/** One transaction in which aggregates are loaded and changed. */
export class Change<Handle = unknown> {
  constructor(private readonly context: ChangeContext<Handle>) {}

  /** The tenant's; rejects with `not_found` where another tenant has it. */
  loadOf<Command, DomainEvent extends { type: string; at: string }, State extends { version: number }, P extends State>(
    tenantId: string,
    aggregate: Aggregate<Command, DomainEvent, State, P>,
    id: string,
  ) {
    return LoadedAggregate.loadOf(tenantId, aggregate, id, this.context);
  }

  /** Whosever it is: for what no tenant asks for. */
  loadOfAny<
    Command,
    DomainEvent extends { type: string; at: string },
    State extends { version: number },
    P extends State,
  >(aggregate: Aggregate<Command, DomainEvent, State, P>, id: string) {
    return LoadedAggregate.load(aggregate, id, this.context);
  }

  /** An aggregate under an id that was made at random just now. */
  begin<Command, DomainEvent extends { type: string; at: string }, State extends { version: number }, P extends State>(
    aggregate: Aggregate<Command, DomainEvent, State, P>,
    id: string,
  ) {
    return LoadedAggregate.begin(aggregate, id, this.context);
  }

  /** Writes the newest state of one thing to `configuration` again. */
  republish(kind: Kind, id: string): Promise<void> {
    return aggregateOfKind(kind).republish(id, this.context);
  }

  /**
   * Keeps the tenant as it is until the transaction ends, and answers it; rejects with `not_found` where there is none.
   * Always the first lock: a deletion takes the tenant's lock for itself before those of the tenant's things.
   */
  async holdTenant(tenantId: string): Promise<Tenant> {
    await this.context.transaction.lockShared({ aggregate: tenantAggregate.name, id: tenantId });
    const row = await this.context.readModels.get(tenantId, 'tenant', tenantId, this.context.transaction.handle);
    if (!row || row.deleted) throw noSuch('tenant');
    return row.state as Tenant;
  }

  /** Seals and opens the secrets of a tenant that is held; where it has no key yet, it gets one. */
  secretsOf(tenantId: string): Promise<TenantSecrets> {
    return this.context.tenantKeys.secretsOf(this.context.transaction, tenantId);
  }

  /** Of a tenant that is deleted: no copy of its secrets can be opened any more. */
  forgetSecretsOf(tenantId: string): Promise<void> {
    return this.context.tenantKeys.forget(this.context.transaction, tenantId);
  }

  rewrapTenantKeys(after: string, limit: number): Promise<RewrappedBatch> {
    return this.context.tenantKeys.rewrap(this.context.transaction, after, limit);
  }

  republishTenantKey(tenantId: string): Promise<void> {
    return this.context.tenantKeys.republish(this.context.transaction, tenantId);
  }

  /**
   * The same, and no other change of the tenant's things is under way until the transaction ends. Only the dispatcher's
   * requests to disable an integration do not wait: each takes that integration's lock alone.
   */
  async holdTenantAlone(tenantId: string): Promise<Tenant> {
    await this.context.transaction.lock({ aggregate: tenantAggregate.name, id: tenantId });
    return this.holdTenant(tenantId);
  }

  /**
   * Has the change rejected with `configuration_full`, at its end, where the tenant's things take more than they may. What
   * became smaller is let through, so that a tenant above its bound can come below it.
   */
  requireRoom(tenantId: string, growthBytes: number): void {
    if (growthBytes > 0) this.context.room.require(tenantId);
  }

  /** The same for a change that makes some things larger and others smaller, in a tenant that is held alone. */
  async requireRoomForAll(tenantId: string): Promise<void> {
    this.context.room.require(tenantId, await this.context.room.bytesOf(tenantId));
  }

  async failuresOf(tenantId: string, integrationId: string): Promise<FailureCount | undefined> {
    const { readModels, transaction } = this.context;
    return (await readModels.failuresOf(tenantId, [integrationId], transaction.handle)).get(integrationId);
  }

  /** Writes what is no aggregate in the same transaction. */
  async write(work: (handle: Handle) => Promise<unknown>): Promise<void> {
    await work(this.context.transaction.handle);
  }

  /** Makes others that want the one endpoint which a profile allows a tenant wait until the transaction ends. */
  async holdEndpoint(tenantId: string, profile: string): Promise<void> {
    await this.context.transaction.lock({ aggregate: 'endpoint', id: `${tenantId}:${profile}` });
  }

  integrationsWithProfiles(tenantId: string, profiles: readonly string[]): Promise<string[]> {
    const { readModels, transaction } = this.context;
    return readModels.idsOfProfiles(transaction.handle, tenantId, profiles);
  }

  /**
   * Keeps a name of the tenant's things of a kind to this transaction until it ends, and answers the id of the thing
   * that has it, or null. Taken behind the locks of aggregates, so that no two wait for each other.
   */
  async holdName(kind: 'decision-rule', tenantId: string, name: string): Promise<string | null> {
    const { readModels, transaction } = this.context;
    await transaction.lock({ aggregate: `${kind} names`, id: `${tenantId}:${name}` });
    return readModels.idByName(transaction.handle, kind, tenantId, name);
  }

  /** Makes others that create an event type of the tenant wait until the transaction ends, and answers those there are. */
  async holdEventTypes(tenantId: string): Promise<string[]> {
    await this.context.transaction.lock({ aggregate: 'event types', id: tenantId });
    return this.idsOfTenant('event-type', tenantId);
  }

  async failureRunOf(integrationId: string): Promise<FailureRun | null> {
    const { readModels, transaction } = this.context;
    return (await readModels.failureRunsOf([integrationId], transaction.handle)).get(integrationId) ?? null;
  }

  putFailureRun(run: FailureRun): Promise<void> {
    return this.context.readModels.putFailureRun(this.context.transaction.handle, run);
  }

  /** Tells the tenant of it once the transaction has committed. */
  tell(notice: IntegrationNotice): Promise<void> {
    return tell(this.context, notice);
  }

  /** The tenant's integrations by name, at most `limit`. */
  integrationNames(tenantId: string, limit: number): Promise<NamedThing[]> {
    const { readModels, transaction } = this.context;
    return readModels.namesOfTenant(transaction.handle, 'integration', tenantId, limit);
  }

  idsOfTenant(kind: Exclude<Kind, 'tenant'>, tenantId: string): Promise<string[]> {
    const { readModels, transaction } = this.context;
    return readModels.idsOfTenant(transaction.handle, kind, tenantId);
  }
}

/** What the changes of one transaction share. */
interface Shared<Handle> {
  transaction: EventStoreTransaction<Handle>;
  room: TenantRoom<Handle>;
}

/** Takes a transaction back, and its result out of it. */
class Rehearsed extends Error {
  constructor(readonly result: unknown) {
    super('the changes were tried out and taken back');
  }
}

/** Carries changes out and answers only when the other services can see them (invariant 6). */
export class Changes<Handle = unknown> {
  /** The transaction that `run` is a part of, where somebody joins changes. */
  private readonly joined = new AsyncLocalStorage<Shared<Handle>>();

  constructor(
    private readonly events: EventStore<Handle>,
    private readonly readModels: ReadModelStore<Handle>,
    private readonly publications: Publications,
    private readonly partitionCount: number,
    private readonly tenantKeys: TenantKeys<Handle>,
    private readonly tenantMaxBytes: number = TENANT_CONFIGURATION_MAX_BYTES,
  ) {}

  /** What `run` would answer, or reject with; nothing is stored. It takes its transaction back, so it joins no other. */
  async rehearse<T>(origin: Origin, work: (change: Change<Handle>) => Promise<T>): Promise<T> {
    if (this.joined.getStore()) throw new Error('a rehearsal would take back what it is joined to');
    try {
      const { result } = await this.transaction(async (shared): Promise<never> => {
        const result = await work(this.changeIn(shared, origin));
        await shared.room.settle();
        throw new Rehearsed(result);
      });
      return result;
    } catch (error) {
      if (error instanceof Rehearsed) return error.result as T;
      throw error;
    }
  }

  /** Carries one change out in a transaction of its own, or in the one that it is joined to. */
  async run<T>(origin: Origin, work: (change: Change<Handle>) => Promise<T>): Promise<T> {
    const joined = this.joined.getStore();
    if (joined) return work(this.changeIn(joined, origin));
    const { result, outboxIds } = await this.transaction((shared) => work(this.changeIn(shared, origin)));
    await this.awaitPublication(outboxIds);
    return result;
  }

  /**
   * Joins every change that `work` runs, and what it writes itself, into one transaction. Resolves with the commit: the
   * caller answers nobody before `awaitPublication`. Inside, nothing may read by a connection of its own: where each
   * connection waits for another one, none comes free.
   */
  join<T>(work: (transaction: EventStoreTransaction<Handle>) => Promise<T>): Promise<Committed<T>> {
    return this.transaction((shared) => this.joined.run(shared, () => work(shared.transaction)));
  }

  /** Rejects with `unavailable` where the rows are not in their topics in time; they will be. */
  async awaitPublication(outboxIds: readonly number[]): Promise<void> {
    if (await this.publications.published(outboxIds, PUBLICATION_WAIT_MAX_MS)) return;
    throw new ProblemError('unavailable', NOT_PUBLISHED, { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }

  private async transaction<T>(work: (shared: Shared<Handle>) => Promise<T>): Promise<Committed<T>> {
    if (this.publications.waiting > PUBLICATIONS_WAITING_MAX) throw new ProblemError('unavailable', TOO_MANY_WAIT);
    const all = async (transaction: EventStoreTransaction<Handle>) => {
      const room = new TenantRoom(transaction, this.readModels, this.tenantMaxBytes);
      const result = await work({ transaction, room });
      await room.settle();
      return result;
    };
    return this.events.transaction(all).catch((error: unknown) => {
      throw refused(error);
    });
  }

  private changeIn(shared: Shared<Handle>, origin: Origin): Change<Handle> {
    const { readModels, partitionCount, tenantKeys } = this;
    return new Change({ ...shared, readModels, tenantKeys, origin, partitionCount });
  }
}

/** Writes the newest state of one thing to `configuration` again. */
export async function republish(changes: Changes, kind: Kind | 'tenant-key', id: string): Promise<void> {
  await changes.run(SYSTEM_ORIGIN, (change) =>
    kind === 'tenant-key' ? change.republishTenantKey(id) : change.republish(kind, id),
  );
}

function refused(error: unknown): unknown {
  if (!(error instanceof EventStoreError)) return error;
  if (error.code === 'busy') return new ProblemError('unavailable', 'Another change of the same thing takes too long.');
  return new ProblemError('conflict', 'Somebody else changed it at the same time.');
}
