import { FIXED_NOW } from '@hookstile/testing';
import { beforeEach, expect, test } from 'vitest';
import type { AcceptedEvent } from './accepted-event.js';
import { rejection } from './rejection.js';
import { SchemaGate } from './schema-gate.js';

let asked: string[] = [];
let typesWithSchema = new Set<string>();
let wrong = new Set<string>();
let clockMs = 0;
let checkMs = 0;

const gate = new SchemaGate(
  {
    has: (_, type) => typesWithSchema.has(type),
    rejectionOf: ({ attributes }) => {
      clockMs += checkMs;
      asked.push(`check ${attributes.id}`);
      return wrong.has(attributes.id) ? rejection('invalid', 'no') : null;
    },
  },
  { recent: async () => void asked.push('recent'), newest: async () => void asked.push('newest') },
  { monotonicMs: () => clockMs },
);

function anEvent(id: string, type: string): AcceptedEvent {
  const attributes = { tenantId: 'ten_1', source: '/s', id, type, subject: null, time: null };
  return {
    outcome: 'accepted',
    attributes: { ...attributes, acceptedAt: FIXED_NOW, extensions: {} },
    data: Buffer.alloc(0),
  };
}

beforeEach(() => {
  asked = [];
  typesWithSchema = new Set(['t']);
  wrong = new Set();
  clockMs = 0;
  checkMs = 0;
});

test('events of types without a schema wait for nothing but a recent configuration', async () => {
  const given = [anEvent('e1', 'u'), anEvent('e2', 'u')];
  expect(await gate.check(given)).toEqual(given);
  expect(asked).toEqual(['recent']);
});

test('an event of a type with a schema is checked behind the barrier, and passes or is refused alone', async () => {
  wrong.add('e2');
  const malformed = rejection('malformed', 'no');
  const found = await gate.check([anEvent('e1', 't'), malformed, anEvent('e2', 't'), anEvent('e3', 'u')]);
  expect(found.map(({ outcome }) => outcome)).toEqual(['accepted', 'rejected', 'rejected', 'accepted']);
  expect(asked.slice(0, 2)).toEqual(['recent', 'newest']);
  expect(asked).toContain('check e2');
});

test('a type that has its first schema only behind the barrier is checked, too', async () => {
  wrong.add('e2');
  const found = await gate.check([anEvent('e1', 't'), anEvent('e2', 'u')]);
  expect(found.map(({ outcome }) => outcome)).toEqual(['accepted', 'rejected']);
});

test('while a large batch is checked others get their turn', async () => {
  checkMs = 8;
  const seen = new Promise<void>((resolve) => setImmediate(() => resolve(void asked.push('another request'))));
  await gate.check(Array.from({ length: 20 }, (_, n) => anEvent(`e${n}`, 't')));
  await seen;
  expect(asked.indexOf('another request')).toBeLessThan(asked.indexOf('check e19'));
});
