import { fold, given } from '@hookstile/event-sourcing';
import { describe, expect, it } from 'vitest';
import { type EventTypeDomainEvent, eventTypeDecider } from './event-type.decider.js';

const at = '2026-01-02T03:04:05.678Z';
const later = '2026-01-03T03:04:05.678Z';
const definition = { description: 'A device came.', schema: { type: 'object' }, example: { id: 1 } };
const changed = { ...definition, schema: null };

const created: EventTypeDomainEvent = {
  type: 'EventTypeCreated',
  at,
  tenantId: 'ten_1',
  eventType: 'device.installed',
  definition,
};
const updated: EventTypeDomainEvent = { type: 'EventTypeUpdated', at: later, definition: changed };
const deleted: EventTypeDomainEvent = { type: 'EventTypeDeleted', at: later };

const spec = (...events: EventTypeDomainEvent[]) => given(eventTypeDecider, events);
const define = { type: 'define', at, tenantId: 'ten_1', eventType: 'device.installed', definition } as const;

describe('defining an event type', () => {
  it('creates it where there is none', () => {
    spec().when(define).expect([created]);
  });

  it('replaces what it said before', () => {
    spec(created)
      .when({ ...define, at: later, definition: changed })
      .expect([updated]);
  });

  it('does nothing where it says the same, in whatever order its members stand', () => {
    const same = { example: { id: 1 }, schema: { type: 'object' }, description: 'A device came.' };
    spec(created)
      .when({ ...define, at: later, definition: same })
      .expectNothing();
  });

  it('creates it again after it was deleted, and its versions go on', () => {
    const again: EventTypeDomainEvent = { ...created, at: later };
    spec(created, deleted)
      .when({ ...define, at: later })
      .expect([again]);
    expect(fold(eventTypeDecider, [created, deleted, again])).toEqual({
      status: 'present',
      version: 3,
      tenantId: 'ten_1',
      type: 'device.installed',
      ...definition,
      createdAt: later,
      updatedAt: later,
    });
  });

  it('raises the version and says when', () => {
    expect(fold(eventTypeDecider, [created, updated])).toMatchObject({
      version: 2,
      schema: null,
      createdAt: at,
      updatedAt: later,
    });
  });
});

describe('deleting an event type', () => {
  it('is recorded', () => {
    spec(created).when({ type: 'delete', at: later }).expect([deleted]);
  });

  it('is refused where there never was one', () => {
    spec().when({ type: 'delete', at }).expectRefusal('not_found');
  });

  it('happens once', () => {
    spec(created, deleted).when({ type: 'delete', at }).expectNothing();
  });
});
