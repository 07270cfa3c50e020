import { Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { defineAggregate } from '../changes/aggregate.js';
import {
  type EventType,
  type EventTypeCommand,
  type EventTypeDomainEvent,
  type EventTypeState,
  eventTypeDecider,
} from './event-type.decider.js';

export const EventTypeView = Type.Object({
  type: Type.String(),
  description: Type.String(),
  schema: Type.Unknown({ description: 'A JSON Schema (2020-12), or null.' }),
  example: Type.Unknown(),
  tenantId: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  createdAt: Time,
  updatedAt: Time,
});
export type EventTypeView = Static<typeof EventTypeView>;

export function eventTypeView(eventType: EventType): EventTypeView {
  const { type, description, schema, example, tenantId, version, createdAt, updatedAt } = eventType;
  return { type, description, schema, example, tenantId, version, createdAt, updatedAt };
}

export const eventTypeAggregate = defineAggregate<EventTypeCommand, EventTypeDomainEvent, EventTypeState, EventType>({
  name: 'event_type',
  kind: 'event-type',
  decider: eventTypeDecider,
  actions: {
    EventTypeCreated: 'event_type.created',
    EventTypeUpdated: 'event_type.updated',
    EventTypeDeleted: 'event_type.deleted',
  },
  isPresent: (state) => state.status !== 'absent',
  isDeleted: ({ status }) => status === 'deleted',
  tenantIdOf: (_id, { tenantId }) => tenantId,
  nameOf: ({ type }) => type,
  view: (_id, eventType) => eventTypeView(eventType),
  configuration: (id, { version, status, tenantId, type, description, schema, example }, at) => {
    const common = { kind: 'event-type', id, version, at, tenantId, type } as const;
    // Every service keeps deleted ones, of which there is no bound: nothing that is large may stay of them.
    if (status === 'deleted') return { ...common, deleted: true, description: '', schema: null };
    return { ...common, deleted: false, description, schema, ...(example === null ? {} : { example }) };
  },
});
