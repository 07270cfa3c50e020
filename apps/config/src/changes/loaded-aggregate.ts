import { fold, newestSchemaVersion } from '@hookstile/event-sourcing';
import type { EventStoreTransaction, StoredDomainEvent } from '@hookstile/event-store';
import type { IntegrationNotice } from '../operational-events/integration-notice.js';
import { tell } from '../operational-events/tell.js';
import { configurationRecord } from '../publishes/configuration.publisher.js';
import { domainEventOutboxRecord } from '../publishes/domain-events.publisher.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { TenantKeys } from '../tenant-keys/tenant-keys.js';
import { type Aggregate, formsOf, type Happened } from './aggregate.js';
import { noSuch } from './no-such.js';
import type { Origin } from './origin.js';
import { StreamFold } from './stream-fold.js';
import type { TenantRoom } from './tenant-room.js';

/** What an aggregate needs to be loaded, changed, and made known. */
export interface AggregateContext<Handle> {
  transaction: EventStoreTransaction<Handle>;
  readModels: ReadModelStore<Handle>;
  origin: Origin;
  partitionCount: number;
}

export interface ChangeContext<Handle> extends AggregateContext<Handle> {
  tenantKeys: TenantKeys<Handle>;
  room: TenantRoom<Handle>;
}

/** An aggregate that is locked and folded inside a transaction; `execute` decides, appends, projects and enqueues. */
export class LoadedAggregate<
  Command,
  DomainEvent extends Happened,
  State extends { version: number },
  Present extends State,
  Handle,
> {
  private constructor(
    private readonly aggregate: Aggregate<Command, DomainEvent, State, Present>,
    private readonly id: string,
    private readonly stream: StreamFold<Command, DomainEvent, State, Present>,
    private readonly context: AggregateContext<Handle>,
  ) {}

  /** One whose id was made at random just now: there is nothing to lock and nothing to read. */
  static begin<C, D extends Happened, S extends { version: number }, P extends S, H>(
    aggregate: Aggregate<C, D, S, P>,
    id: string,
    context: AggregateContext<H>,
  ): LoadedAggregate<C, D, S, P, H> {
    context.transaction.begin({ aggregate: aggregate.name, id });
    return new LoadedAggregate(aggregate, id, new StreamFold(aggregate, id), context);
  }

  static async load<C, D extends Happened, S extends { version: number }, P extends S, H>(
    aggregate: Aggregate<C, D, S, P>,
    id: string,
    context: AggregateContext<H>,
  ): Promise<LoadedAggregate<C, D, S, P, H>> {
    const stream = new StreamFold(aggregate, id);
    for (const stored of await context.transaction.load({ aggregate: aggregate.name, id })) stream.take(stored);
    return new LoadedAggregate(aggregate, id, stream, context);
  }

  /** Rejects with `not_found`, in the words that are said of one that does not exist, where another tenant has it. */
  static async loadOf<C, D extends Happened, S extends { version: number }, P extends S, H>(
    tenantId: string,
    aggregate: Aggregate<C, D, S, P>,
    id: string,
    context: AggregateContext<H>,
  ): Promise<LoadedAggregate<C, D, S, P, H>> {
    const loaded = await LoadedAggregate.load(aggregate, id, context);
    const { state } = loaded;
    if (!aggregate.isPresent(state) || aggregate.tenantIdOf(id, state) === tenantId) return loaded;
    throw noSuch(aggregate.kind);
  }

  get state(): State {
    return this.stream.state;
  }

  /** Carries commands out, one after another, all or none; answers the state after them. A no-op writes nothing. */
  async execute(...commands: readonly Command[]): Promise<State> {
    const { decider } = this.aggregate;
    const events: DomainEvent[] = [];
    let decidedState = this.state;
    for (const command of commands) {
      const decided = decider.decide(decidedState, command);
      decidedState = fold(decider, decided, decidedState);
      events.push(...decided);
    }
    if (events.length === 0) return this.state;
    const notices: IntegrationNotice[] = [];
    const facts = (await this.append(this.state.version, events)).map((stored) => {
      const before = this.state;
      const fact = this.take(stored);
      const notice = this.aggregate.noticeOf?.(this.id, before, this.state);
      if (notice) notices.push(notice);
      return fact;
    });
    await this.project();
    await this.context.transaction.enqueue([...this.configurationRecords(), ...facts]);
    for (const notice of notices) await tell(this.context, notice);
    return this.state;
  }

  /** Puts the newest state into the outbox, also once more; `at` is when it was recorded. */
  async republish(): Promise<void> {
    await this.context.transaction.enqueue(this.configurationRecords());
  }

  /** Writes the read model's row as the fold has it. */
  async project(): Promise<void> {
    const { readModels, transaction } = this.context;
    const row = this.stream.readModelRow();
    if (row) await readModels.put(transaction.handle, this.aggregate.kind, row);
  }

  private configurationRecords() {
    const configuration = this.stream.configuration();
    return configuration ? [configurationRecord(configuration)] : [];
  }

  private append(expectedVersion: number, events: readonly DomainEvent[]): Promise<readonly StoredDomainEvent[]> {
    const forms = formsOf(this.aggregate);
    return this.context.transaction.append(
      { aggregate: this.aggregate.name, id: this.id },
      expectedVersion,
      events.map(({ type, at, ...data }) => ({
        type,
        at,
        schemaVersion: newestSchemaVersion(forms, type as DomainEvent['type']),
        data,
        metadata: this.context.origin,
      })),
    );
  }

  /**
   * Goes on with what is stored, not with what was decided: the state, and the bytes made of it, are those that any
   * later fold comes to. Answers the record of the fact, with the views around it.
   */
  private take(stored: StoredDomainEvent) {
    const { aggregate, id, context } = this;
    const before = this.state;
    const event = this.stream.take(stored);
    const after = this.state;
    const present = aggregate.isPresent(after) ? after : null;
    const fact = {
      sequence: stored.sequence,
      aggregate: aggregate.name,
      aggregateId: id,
      version: after.version,
      type: event.type,
      action: aggregate.actions[event.type as DomainEvent['type']],
      tenantId: present && aggregate.tenantIdOf(id, present),
      subjectName: present && aggregate.nameOf(present),
      before: this.viewOf(before),
      after: this.viewOf(after),
      actor: context.origin.actor,
      requestId: context.origin.requestId,
      at: event.at,
    };
    return domainEventOutboxRecord(fact, context.partitionCount);
  }

  private viewOf(state: State): unknown {
    const { aggregate } = this;
    return aggregate.isPresent(state) && !aggregate.isDeleted(state) ? aggregate.view(this.id, state) : null;
  }
}
