import type { EventTypeConfiguration } from '@hookstile/contracts';
import { FIXED_NOW } from '@hookstile/testing';
import { expect, it } from 'vitest';
import type { AcceptedEvent } from '../accept/accepted-event.js';
import { ProjectedEventSchemas } from './event-schemas.js';

const TENANT = 'ten_1';
const TYPE = 'device.installed';

function anEvent(data: string): AcceptedEvent {
  const attributes = { tenantId: TENANT, source: '/s', id: 'e1', type: TYPE, subject: null, time: null };
  return {
    outcome: 'accepted',
    attributes: { ...attributes, acceptedAt: FIXED_NOW, extensions: {} },
    data: Buffer.from(data),
  };
}

function aProjection() {
  let newest: { version: number; schema: unknown } | null = null;
  let reads = 0;
  return {
    put: (version: number, schema: unknown) => {
      newest = { version, schema };
    },
    get reads() {
      return reads;
    },
    hasSchemas: () => newest !== null,
    schemaVersion: () => newest?.version ?? null,
    eventType: () => {
      reads += 1;
      return newest as EventTypeConfiguration | null as EventTypeConfiguration | undefined;
    },
  };
}

it('an event is checked by the newest version of its type, which is compiled once', () => {
  const projection = aProjection();
  const schemas = new ProjectedEventSchemas(projection);
  expect([schemas.has(TENANT, TYPE), schemas.rejectionOf(anEvent('{}'))]).toEqual([false, null]);
  projection.put(1, { required: ['id'] });
  expect(schemas.has(TENANT, TYPE)).toBe(true);
  expect([schemas.rejectionOf(anEvent('{}'))?.code, schemas.rejectionOf(anEvent('{"id":1}'))]).toEqual([
    'invalid',
    null,
  ]);
  expect(projection.reads).toBe(1);
  projection.put(2, { required: ['name'] });
  expect(schemas.rejectionOf(anEvent('{"id":1}'))).not.toBeNull();
  projection.put(3, { properties: {} });
  expect(schemas.rejectionOf(anEvent('{"id":1}'))).toBeNull();
});

it('a mismatch is told where it stands in the event, and whose event it is', () => {
  const projection = aProjection();
  projection.put(1, { properties: { 'a/b': { items: { type: 'string' } } } });
  const rejected = new ProjectedEventSchemas(projection).rejectionOf(anEvent('{"a/b": ["x", 2.50]}'));
  expect(rejected).toMatchObject({
    outcome: 'rejected',
    code: 'invalid',
    detail: 'The data does not match the schema of its type: /data/a~1b/1 must be string (string).',
    errors: [{ pointer: '/data/a~1b/1', code: 'schema_mismatch' }],
    attributes: { id: 'e1' },
  });
});

it('a schema that this release does not carry out takes no event', () => {
  const projection = aProjection();
  projection.put(1, { unheardOf: true });
  const rejected = new ProjectedEventSchemas(projection).rejectionOf(anEvent('1'));
  expect(rejected?.errors).toMatchObject([{ pointer: '/data', code: 'schema_unusable' }]);
});

it('what is told of a mismatch can be stored, whatever the members of the data are called', () => {
  const projection = aProjection();
  projection.put(1, { additionalProperties: { additionalProperties: false } });
  const rejected = new ProjectedEventSchemas(projection).rejectionOf(anEvent('{"a\\u0000b": {"\\u0000\\ud800": 1}}'));
  expect(rejected?.detail).not.toMatch(/\0/);
  expect(rejected?.detail.isWellFormed()).toBe(true);
});
