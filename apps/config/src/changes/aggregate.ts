import type { Configuration } from '@hookstile/contracts';
import type { Decider, DomainEventForms, Upcasts } from '@hookstile/event-sourcing';
import type { IntegrationNotice } from '../operational-events/integration-notice.js';
import type { Kind } from '../read-models/read-model.store.js';

export interface Versioned {
  version: number;
}

export interface Happened {
  type: string;
  at: string;
}

/**
 * What the change machinery must know of an aggregate besides its decider: how the outside sees it. `Present` is a
 * state that something was created in, also when that was deleted since.
 */
export interface Aggregate<Command, DomainEvent extends Happened, State extends Versioned, Present extends State> {
  name: 'tenant' | 'api_key' | 'event_type' | 'integration' | 'decision_rule';
  kind: Kind;
  decider: Decider<Command, DomainEvent, State>;
  /** What the audit log calls each domain event. */
  actions: Readonly<Record<DomainEvent['type'], string>>;
  /** How older forms of its domain events are read; absent where each is at its first. */
  upcasts?: Upcasts<DomainEvent['type']>;
  isPresent(state: State): state is Present;
  isDeleted(state: Present): boolean;
  tenantIdOf(id: string, state: Present): string;
  nameOf(state: Present): string;
  /** An API key's hash, by which it is found. */
  hashOf?(state: Present): string;
  /** The public, secret-masked form. */
  view(id: string, state: Present): unknown;
  /** What the tenant is told of a change, where it is one that tenants are told of. */
  noticeOf?(id: string, before: State, after: State): IntegrationNotice | null;
  /** What the other services get of it. */
  configuration(id: string, state: Present, at: string): Configuration;
}

/** Keeps the four types of an aggregate together where it is declared. */
export function defineAggregate<Command, DomainEvent extends Happened, State extends Versioned, Present extends State>(
  aggregate: Aggregate<Command, DomainEvent, State, Present>,
): Aggregate<Command, DomainEvent, State, Present> {
  return aggregate;
}

/** Every domain event that it can have, and how older forms of them are read. */
export function formsOf<DomainEvent extends Happened>(
  aggregate: Pick<Aggregate<never, DomainEvent, Versioned, Versioned>, 'actions' | 'upcasts'>,
): DomainEventForms<DomainEvent['type']> {
  return { types: Object.keys(aggregate.actions) as DomainEvent['type'][], upcasts: aggregate.upcasts ?? {} };
}
