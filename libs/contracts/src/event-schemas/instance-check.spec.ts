import { describe, expect, it, test } from 'vitest';
import { MISMATCHES_MAX } from './instance-check.js';
import { readJsonSchema } from './json-schema.js';

const many = <T>(count: number, each: (n: number) => T) => Array.from({ length: count }, (_, n) => each(n));

function mismatchesOf(schema: object, instance: unknown) {
  const reading = readJsonSchema(schema);
  if (reading.outcome === 'refused') throw new Error(JSON.stringify(reading.problems));
  return reading.check.mismatchesOf(instance);
}

const codesOf = (schema: object, instance: unknown) => mismatchesOf(schema, instance).map(({ code }) => code);

describe('what does not match', () => {
  const device = { required: ['id'], properties: { id: { type: 'string' }, at: { type: 'integer' } } };

  it('is told of every place, in a small instance', () => {
    expect(mismatchesOf({ items: device }, [{ id: 1, at: 1.5 }, {}])).toEqual([
      { pointer: '/0/id', code: 'schema_mismatch', detail: 'must be string (string).' },
      { pointer: '/0/at', code: 'schema_mismatch', detail: 'must be integer (integer).' },
      { pointer: '/1', code: 'schema_mismatch', detail: "must have required property 'id' (id)." },
    ]);
  });

  it('is told of so many places at most', () => {
    expect(
      codesOf(
        { items: { type: 'string' } },
        many(50, () => 1),
      ),
    ).toHaveLength(MISMATCHES_MAX);
  });

  it('is told of the first place, in a large one', () => {
    const large = many(2_000, () => 1);
    expect(mismatchesOf({ items: { type: 'string' } }, large).map(({ pointer }) => pointer)).toEqual(['/0']);
  });

  it('is told of the first place, where all of them would be hundreds of thousands', () => {
    const required = many(500, (n) => `n${n}`);
    const found = mismatchesOf(
      { items: { required } },
      many(900, () => ({})),
    );
    expect(found.map(({ pointer }) => pointer)).toEqual(['/0']);
  });

  it('is told briefly and as well-formed text, however long the name is', () => {
    const [found] = mismatchesOf({ required: [`${'x'.repeat(199)}😀`] }, {});
    expect(found?.detail.isWellFormed()).toBe(true);
    expect(found?.detail.length).toBeLessThan(500);
  });
});

describe('multipleOf', () => {
  it.each([
    [19.99, 0.01],
    [-12_345_678.91, 0.01],
    [0.3, 0.1],
    [0.0075, 0.0001],
    [0, 0.1],
    [7.5, 2.5],
    [1e22, 1],
    [1e308, 0.5],
    [1e308, 1e-300],
    [5e-324, 5e-324],
  ])('takes %d as a multiple of %d', (value, multipleOf) => {
    expect(codesOf({ multipleOf }, value)).toEqual([]);
  });

  it.each([
    [19.999, 0.01],
    [12_345_678.911, 0.01],
    [0.35, 0.1],
    [1e-300, 1],
    [7, 2.5],
    [1e308, 0.123456789],
    [1e22, 3],
  ])('does not take %d as one of %d', (value, multipleOf) => {
    expect(mismatchesOf({ multipleOf }, value)).toMatchObject([{ detail: `must be multiple of ${multipleOf}.` }]);
  });
});

describe('uniqueItems', () => {
  it.each([
    [[1, '1', true, 'true', null, 'null', [1], ['1'], '[1]', {}, '{}']],
    [[{ a: 1 }, { a: 1, b: 2 }, { a: { b: 1 } }]],
  ])('takes elements that differ: %j', (elements) => {
    expect(codesOf({ uniqueItems: true }, elements)).toEqual([]);
  });

  it.each([
    ['[1, 1.0]'],
    ['[0, -0]'],
    ['[{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}]'],
    ['["a", "\\u0061"]'],
    ['[null, 1, null]'],
  ])('finds equal ones in whatever form: %s', (text) => {
    expect(mismatchesOf({ uniqueItems: true }, JSON.parse(text))).toMatchObject([
      { pointer: '', detail: 'must NOT have duplicate items.' },
    ]);
  });

  it('reads each of many elements once', () => {
    const elements = many(40_000, (n) => [n]);
    const startedMs = performance.now();
    expect(codesOf({ uniqueItems: true }, elements)).toEqual([]);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});

/** What would keep a process busy for seconds, each with an instance of 256 KiB at most. */
test.each([
  ['texts by long patterns', { pattern: '^([ab]*a[ab]{250}c)?$' }, 'ab'.repeat(100_000)],
  ['elements by alternatives', { items: { anyOf: many(146, (n) => ({ const: n })) } }, many(100_000, () => 145)],
  ['names by alternatives', { propertyNames: { anyOf: [...many(140, () => ({ const: '' })), true] } }, members(40_000)],
  ['a text by its length', { allOf: many(450, () => ({ maxLength: 300_000 })) }, 'x'.repeat(262_000)],
  ['elements with others', { allOf: many(30, () => ({ uniqueItems: true })) }, many(37_000, (n) => [n])],
])('an instance is not compared where that costs too much: %s', (_, schema, instance) => {
  const startedMs = performance.now();
  expect(codesOf(schema, instance)).toEqual(['too_costly']);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

test.each([
  ['uuids', { items: { pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' } }, many(6_700, uuid)],
  ['base64', { pattern: '^[A-Za-z0-9+/]*={0,2}$' }, 'QUJD'.repeat(60_000)],
  ['numbers', { items: { type: 'integer', minimum: 0 } }, many(120_000, () => 1)],
  ['records', { items: recordSchema(40) }, many(700, () => members(40))],
])('the largest events of usual schemas are compared: %s', (_, schema, instance) => {
  expect(codesOf(schema, instance)).toEqual([]);
});

function members(count: number): Record<string, number> {
  return Object.fromEntries(many(count, (n) => [`m${n}`, n]));
}

function uuid(n: number): string {
  return `01234567-89ab-cdef-0123-${String(n).padStart(12, '0')}`;
}

function recordSchema(count: number): object {
  const properties = Object.fromEntries(many(count, (n) => [`m${n}`, { type: 'integer', minimum: 0 }]));
  return { properties, additionalProperties: false, required: Object.keys(properties) };
}
