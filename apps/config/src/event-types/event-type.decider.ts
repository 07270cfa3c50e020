import { isDeepStrictEqual } from 'node:util';
import { type Decider, Refusal } from '@hookstile/event-sourcing';

/** What a user gives of an event type; null: nothing was given. */
export interface EventTypeDefinition {
  description: string;
  /** A JSON Schema (2020-12). */
  schema: unknown;
  example: unknown;
}

export interface EventType extends EventTypeDefinition {
  status: 'present' | 'deleted';
  version: number;
  tenantId: string;
  type: string;
  createdAt: string;
  updatedAt: string;
}

export type EventTypeState = { status: 'absent'; version: 0 } | EventType;

export type EventTypeCommand =
  | { type: 'define'; at: string; tenantId: string; eventType: string; definition: EventTypeDefinition }
  | { type: 'delete'; at: string };

export type EventTypeDomainEvent =
  | { type: 'EventTypeCreated'; at: string; tenantId: string; eventType: string; definition: EventTypeDefinition }
  | { type: 'EventTypeUpdated'; at: string; definition: EventTypeDefinition }
  | { type: 'EventTypeDeleted'; at: string };

export const eventTypeDecider: Decider<EventTypeCommand, EventTypeDomainEvent, EventTypeState> = {
  initialState: { status: 'absent', version: 0 },
  decide(state, command) {
    if (command.type === 'define') return define(state, command);
    if (state.status === 'absent') throw new Refusal('not_found', 'There is no such event type.');
    return state.status === 'deleted' ? [] : [{ type: 'EventTypeDeleted', at: command.at }];
  },
  evolve,
};

/** A type is named by its users, so one that was deleted can be created again; its versions go on. */
function define(state: EventTypeState, command: EventTypeCommand & { type: 'define' }): EventTypeDomainEvent[] {
  const { at, definition } = command;
  if (state.status !== 'present') return [{ ...command, type: 'EventTypeCreated' }];
  const { description, schema, example } = state;
  if (isDeepStrictEqual({ description, schema, example }, definition)) return [];
  return [{ type: 'EventTypeUpdated', at, definition }];
}

function evolve(state: EventTypeState, event: EventTypeDomainEvent): EventTypeState {
  const version = state.version + 1;
  if (event.type === 'EventTypeCreated') {
    const { at, tenantId, eventType, definition } = event;
    return {
      status: 'present',
      version,
      tenantId,
      type: eventType,
      ...definition,
      createdAt: at,
      updatedAt: at,
    };
  }
  if (state.status === 'absent') return state;
  if (event.type === 'EventTypeDeleted') return { ...state, status: 'deleted', version, updatedAt: event.at };
  return { ...state, ...event.definition, version, updatedAt: event.at };
}
