import type { EventTypeConfiguration } from '@hookstile/contracts';
import { anIntegration, FIXED_NOW } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { ConfigurationIndex } from './configuration-index.js';

const MANY = 20_000;

// Listing them anew with each would take a minute, and did so at each start.
it('takes in thousands of integrations of one tenant at a start', () => {
  const index = new ConfigurationIndex();
  const one = anIntegration();
  for (let n = MANY; n > 0; n -= 1) index.apply({ ...one, id: `int_${String(n).padStart(6, '0')}` });
  const ids = index.integrations.of(one.tenantId).map(({ id }) => id);
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([MANY, 'int_000001', `int_0${MANY}`]);
});

it('keeps of an event type the newest version, and of its schema and example no objects', () => {
  const index = new ConfigurationIndex();
  const eventType = (version: number): EventTypeConfiguration => ({
    kind: 'event-type',
    id: 'ety_1',
    version,
    deleted: false,
    at: FIXED_NOW,
    tenantId: 'ten_1',
    type: 'a.b',
    description: `version ${version}`,
    schema: { enum: [{}, 'é'] },
    example: [{}],
  });
  const newest = eventType(2);
  expect([index.apply(newest), index.apply(eventType(1)), index.apply(eventType(2))]).toEqual([true, false, false]);
  expect(index.eventTypes.get('ety_1')).toEqual(newest);
  expect(index.eventTypes.get('ety_1')?.example).not.toBe(newest.example);
  expect(index.eventTypes.get('ety_2')).toBeUndefined();
});

it('knows which tenants and types have a schema without reading one', () => {
  const index = new ConfigurationIndex();
  const put = (version: number, schema: unknown, deleted = false) =>
    index.apply({
      kind: 'event-type',
      id: 'ety_1',
      version,
      deleted,
      at: FIXED_NOW,
      tenantId: 'ten_1',
      type: 'a.b',
      description: '',
      schema,
    });
  const known = () => [index.eventTypes.hasSchemas('ten_1'), index.eventTypes.schemaVersion('ety_1')];
  put(1, null);
  expect(known()).toEqual([false, null]);
  put(2, {});
  put(3, { type: 'object' });
  put(2, null);
  expect(known()).toEqual([true, 3]);
  expect(index.eventTypes.hasSchemas('ten_2')).toBe(false);
  put(4, null, true);
  expect(known()).toEqual([false, null]);
});
