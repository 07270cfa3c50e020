import type { Configuration } from '@hookstile/contracts';
import { upcast } from '@hookstile/event-sourcing';
import type { StoredDomainEvent } from '@hookstile/event-store';
import type { ReadModelRow } from '../read-models/read-model.store.js';
import { type Aggregate, formsOf, type Happened, type Versioned } from './aggregate.js';

/**
 * One aggregate's stream, folded domain event by domain event, and what the outside sees of it then: the one way from
 * domain events to read model and configuration, for a change as for a rebuild.
 */
export class StreamFold<
  Command = unknown,
  DomainEvent extends Happened = Happened,
  State extends Versioned = Versioned,
  Present extends State = State,
> {
  private current: State;
  private firstSequence: number | null = null;
  private changedAt = '';

  constructor(
    private readonly aggregate: Aggregate<Command, DomainEvent, State, Present>,
    private readonly id: string,
  ) {
    this.current = aggregate.decider.initialState;
  }

  get state(): State {
    return this.current;
  }

  /** Throws `UnreadableDomainEventError` for what this release does not know. */
  take(stored: StoredDomainEvent): DomainEvent {
    const { type, at } = stored;
    const event = { ...(upcast(formsOf(this.aggregate), stored) as object), type, at } as DomainEvent;
    this.current = this.aggregate.decider.evolve(this.current, event);
    this.firstSequence ??= stored.sequence;
    this.changedAt = at;
    return event;
  }

  /** Null where nothing was ever created. */
  readModelRow(): ReadModelRow | null {
    const { aggregate, id, current, firstSequence } = this;
    if (!aggregate.isPresent(current) || firstSequence === null) return null;
    const hash = aggregate.hashOf?.(current);
    return {
      id,
      tenantId: aggregate.tenantIdOf(id, current),
      version: current.version,
      deleted: aggregate.isDeleted(current),
      position: firstSequence,
      state: current,
      ...(hash === undefined ? {} : { hash }),
    };
  }

  /** Null where nothing was ever created. */
  configuration(): Configuration | null {
    const { aggregate, id, current } = this;
    return aggregate.isPresent(current) ? aggregate.configuration(id, current, this.changedAt) : null;
  }
}
