import { fold } from '@hookstile/event-sourcing';
import type { EventStoreTransaction, StoredDomainEvent } from '@hookstile/event-store';
import { configurationRecord } from '../publishes/configuration.publisher.js';
import { domainEventOutboxRecord } from '../publishes/domain-events.publisher.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { Aggregate } from './aggregate.js';
import type { Origin } from './origin.js';

export interface ChangeContext<Handle> {
  transaction: EventStoreTransaction<Handle>;
  readModels: ReadModelStore<Handle>;
  origin: Origin;
  partitionCount: number;
}

interface Happened {
  type: string;
  at: string;
}

/** An aggregate that is locked and folded inside a transaction; `execute` decides, appends, projects and enqueues. */
export class LoadedAggregate<
  Command,
  DomainEvent extends Happened,
  State extends { version: number },
  Present extends State,
  Handle,
> {
  private firstSequence: number | null;
  private readonly changedAt: string;

  private constructor(
    private readonly aggregate: Aggregate<Command, DomainEvent, State, Present>,
    private readonly id: string,
    private current: State,
    stream: readonly StoredDomainEvent[],
    private readonly context: ChangeContext<Handle>,
  ) {
    this.firstSequence = stream[0]?.sequence ?? null;
    this.changedAt = stream.at(-1)?.at ?? '';
  }

  static async load<C, D extends Happened, S extends { version: number }, P extends S, H>(
    aggregate: Aggregate<C, D, S, P>,
    id: string,
    context: ChangeContext<H>,
  ): Promise<LoadedAggregate<C, D, S, P, H>> {
    const stream = await context.transaction.load({ aggregate: aggregate.name, id });
    const events = stream.map(({ type, at, data }) => ({ ...(data as object), type, at }) as D);
    return new LoadedAggregate(aggregate, id, fold(aggregate.decider, events), stream, context);
  }

  get state(): State {
    return this.current;
  }

  /** Carries commands out, one after another, all or none; answers the state after them. A no-op writes nothing. */
  async execute(...commands: readonly Command[]): Promise<State> {
    const before = this.current;
    const events: DomainEvent[] = [];
    let state = before;
    for (const command of commands) {
      const decided = this.aggregate.decider.decide(state, command);
      state = fold(this.aggregate.decider, decided, state);
      events.push(...decided);
    }
    if (events.length === 0) return before;
    const stored = await this.append(before.version, events);
    await this.project(state, stored);
    await this.enqueue(before, events, stored);
    this.current = state;
    return state;
  }

  /** Puts the newest state into the outbox once more; `at` is when it was recorded. */
  async republish(): Promise<void> {
    const { aggregate, id, current, context } = this;
    if (!aggregate.isPresent(current)) return;
    await context.transaction.enqueue([configurationRecord(aggregate.configuration(id, current, this.changedAt))]);
  }

  private append(expectedVersion: number, events: readonly DomainEvent[]): Promise<readonly StoredDomainEvent[]> {
    return this.context.transaction.append(
      { aggregate: this.aggregate.name, id: this.id },
      expectedVersion,
      events.map(({ type, at, ...data }) => ({ type, at, data, metadata: this.context.origin })),
    );
  }

  private async project(state: State, stored: readonly StoredDomainEvent[]): Promise<void> {
    const { aggregate, id, context } = this;
    if (!aggregate.isPresent(state)) return;
    this.firstSequence ??= stored[0]?.sequence ?? 0;
    const hash = aggregate.hashOf?.(state);
    await context.readModels.put(context.transaction.handle, aggregate.kind, {
      id,
      tenantId: aggregate.tenantIdOf(id, state),
      version: state.version,
      deleted: aggregate.isDeleted(state),
      position: this.firstSequence,
      state,
      ...(hash === undefined ? {} : { hash }),
    });
  }

  /** The newest state once, and each domain event with the views around it. */
  private async enqueue(
    before: State,
    events: readonly DomainEvent[],
    stored: readonly StoredDomainEvent[],
  ): Promise<void> {
    const { aggregate, id, context } = this;
    const facts = [];
    let state = before;
    for (const [index, event] of events.entries()) {
      const next = aggregate.decider.evolve(state, event);
      const sequence = stored[index]?.sequence ?? 0;
      facts.push(domainEventOutboxRecord(this.fact(state, next, event, sequence), context.partitionCount));
      state = next;
    }
    if (!aggregate.isPresent(state)) return;
    const at = events.at(-1)?.at ?? '';
    await context.transaction.enqueue([configurationRecord(aggregate.configuration(id, state, at)), ...facts]);
  }

  private fact(before: State, after: State, event: DomainEvent, sequence: number) {
    const { aggregate, id, context } = this;
    const present = aggregate.isPresent(after) ? after : null;
    return {
      sequence,
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
  }

  private viewOf(state: State): unknown {
    const { aggregate } = this;
    return aggregate.isPresent(state) && !aggregate.isDeleted(state) ? aggregate.view(this.id, state) : null;
  }
}
