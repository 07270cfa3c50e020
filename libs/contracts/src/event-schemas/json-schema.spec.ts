import { describe, expect, it } from 'vitest';
import { readJsonSchema } from './json-schema.js';

const wrongWith = (schema: object) => {
  const reading = readJsonSchema(schema);
  return reading.outcome === 'refused' ? reading.problems.map(({ pointer, code }) => `${pointer} ${code}`) : [];
};

const mismatches = (schema: object, instance: unknown) => {
  const reading = readJsonSchema(schema);
  if (reading.outcome === 'refused') throw new Error(wrongWith(schema).join());
  return reading.check.mismatchesOf(instance).map(({ pointer, code }) => `${pointer} ${code}`);
};
const many = <T>(count: number, each: (n: number) => T) => Array.from({ length: count }, (_, n) => each(n));

/** Definitions that each refer to the next one twice: with 40 of them, 2^40 schemas apply. */
const doubling = (depth: number) => ({
  $ref: '#/$defs/s0',
  $defs: Object.fromEntries(
    Array.from({ length: depth }, (_, n) => [
      `s${n}`,
      n === depth - 1 ? {} : { allOf: [{ $ref: `#/$defs/s${n + 1}` }, { $ref: `#/$defs/s${n + 1}` }] },
    ]),
  ),
});

describe('a JSON Schema', () => {
  it.each([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'A device', type: 'object' },
    { properties: { a: true, 'x~/y': { type: 'string' }, b: { $ref: '#/properties/x~0~1y' } } },
    { properties: { 'a b': { type: 'string' }, c: { $ref: '#/properties/a%20b' } } },
    { prefixItems: [{ type: 'integer' }], items: false, uniqueItems: true, maxItems: 10 },
    { patternProperties: { '^x-': { format: 'date-time' } }, unevaluatedProperties: false },
    { $ref: '#/$defs/id', $defs: { id: { pattern: '^\\p{L}[\\w-]+\\u0041$' } } },
    doubling(5),
    { properties: Object.fromEntries(many(400, (n) => [`p${n}`, { minimum: 1 }])) },
    { properties: { country: { enum: many(250, (n) => `c${n}`) } }, items: { enum: many(250, (n) => `c${n}`) } },
    { pattern: '\\(?id\\)?(?:i|(?<i>j))' },
  ])('is taken: %j', (schema) => {
    expect(wrongWith(schema)).toEqual([]);
  });

  it.each([
    [{ type: 'objekt' }, '/type json_schema'],
    [{ properties: { 'a/b': { minLength: -1 } } }, '/properties/a~1b/minLength json_schema'],
    [{ properties: 3 }, '/properties json_schema'],
    [{ allOf: [{ proprties: {} }] }, '/allOf/0/proprties unknown_keyword'],
    [{ $id: 'https://example.com/a' }, '/$id unknown_keyword'],
    [{ $defs: { a: { $dynamicRef: '#b' } } }, '/$defs/a/$dynamicRef unknown_keyword'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema dialect'],
    [{ items: { $ref: 'https://example.com/schema.json' } }, '/items/$ref reference'],
    [{ $ref: '#/$defs/none' }, '/$ref reference'],
    [{ $ref: '#/properties', properties: { a: {} } }, '/$ref reference'],
    [{ $ref: '#/%E0%A4%A' }, '/$ref reference'],
    [{ allOf: [{ $ref: '#' }] }, ' recursive'],
    [{ properties: { next: { $ref: '#' } } }, ' recursive'],
    [{ items: { $ref: '#' } }, ' recursive'],
    [{ items: { anyOf: Array.from({ length: 150 }, () => ({})) } }, ' too_complex'],
    [doubling(40), ' too_complex'],
    [{ properties: { a: { pattern: '(' } } }, '/properties/a/pattern pattern'],
    [{ pattern: '(?=a)' }, '/pattern pattern'],
    [{ pattern: '(a)\\1' }, '/pattern pattern'],
    [{ pattern: '((a{100}){100}){100}' }, '/pattern pattern'],
    [{ pattern: 'a{1,1000}' }, '/pattern pattern'],
    [{ pattern: 'a'.repeat(513) }, '/pattern pattern'],
    [{ pattern: 'a(?i)b' }, '/pattern pattern'],
    [{ pattern: '\\\\(?s-i:b)' }, '/pattern pattern'],
    [{ enum: [] }, ' json_schema'],
    [{ $ref: '#/$defs/\u2028', $defs: { '\u2028': {} } }, ' json_schema'],
    [{ patternProperties: { '[': {} } }, '/patternProperties/[ pattern'],
    [{ allOf: Array.from({ length: 33 }, () => ({ pattern: 'a' })) }, ' too_many_patterns'],
  ])('is refused where it cannot be read or bounded: %j', (schema, wrong) => {
    expect(wrongWith(schema)).toEqual([wrong]);
  });

  it.each([
    ['elements with many values', { items: { enum: many(700, (n) => n) } }],
    ['elements with many arrays', { items: { enum: many(40, (n) => [n]) } }],
    ['elements with each other, 40 times', { items: { allOf: many(40, () => ({ uniqueItems: true })) } }],
    ['a text with one long pattern twice', { allOf: many(2, () => ({ pattern: '^([ab]*a[ab]{250}c)?$' })) }],
    ['elements with many names', { items: { required: many(700, (n) => `b${n}`) } }],
    ['members with many names', { dependentRequired: { a: many(2_000, (n) => `b${n}`) } }],
    ['members by many names', { dependentRequired: Object.fromEntries(many(2_000, (n) => [`a${n}`, ['b']])) }],
  ])('is refused where it compares %s', (_, schema) => {
    expect(wrongWith(schema)).toEqual([' too_complex']);
  });

  it('is refused where its patterns are long in all', () => {
    const schema = { allOf: many(5, (n) => ({ pattern: `${n}`.repeat(500) })) };
    expect(wrongWith(schema)).toEqual([' too_many_patterns']);
  });

  it('names at most 20 places', () => {
    expect(wrongWith({ allOf: Array.from({ length: 30 }, () => ({ foo: 1 })) })).toHaveLength(20);
  });
});

describe('an instance', () => {
  const device = {
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', pattern: '^d-\\d+$' }, tags: { items: { $ref: '#/$defs/tag' } } },
    additionalProperties: false,
    $defs: { tag: { pattern: '^[a-z]+$' } },
  };

  it('matches what the schema says', () => {
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    expect(mismatches({ $schema, ...device }, { id: 'd-1' })).toEqual([]);
    expect(mismatches(device, { id: 'd-1', tags: ['a'] })).toEqual([]);
  });

  it.each([
    [{}, ' schema_mismatch'],
    [{ id: 'x' }, '/id schema_mismatch'],
    [{ id: 'd-1', tags: ['a', 'B'] }, '/tags/1 schema_mismatch'],
    [{ id: 'd-1', more: 1 }, ' schema_mismatch'],
    ['text', ' schema_mismatch'],
  ])('that does not is told where: %j', (instance, wrong) => {
    expect(mismatches(device, instance)).toEqual([wrong]);
  });

  it('is checked by each of several patterns, not by the first one', () => {
    const two = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    expect(mismatches(two, { a: 'a', b: 'b' })).toEqual([]);
    expect(mismatches(two, { a: 'a', b: 'a' })).toEqual(['/b schema_mismatch']);
  });

  it('is not checked for its format, which is an annotation', () => {
    expect(mismatches({ format: 'date-time' }, 'tomorrow')).toEqual([]);
  });

  it.each(['toString', 'constructor', 'hasOwnProperty', '__proto__'])('has only members of its own: %s', (name) => {
    expect(mismatches({ required: [name] }, {})).toEqual([' schema_mismatch']);
    expect(mismatches({ required: [name] }, JSON.parse(`{"${name}": 1}`))).toEqual([]);
    expect(
      mismatches({ dependentRequired: { [name]: ['a'] }, properties: { toString: { type: 'string' } } }, {}),
    ).toEqual([]);
    expect(mismatches({ additionalProperties: false }, JSON.parse(`{"${name}": 1}`))).toEqual([' schema_mismatch']);
    expect(mismatches({ properties: { toString: false }, unevaluatedProperties: false }, {})).toEqual([]);
  });

  it('that would make a backtracking pattern go back for ever is checked at once', () => {
    const startedMs = performance.now();
    expect(mismatches({ pattern: '^(a|a)*(b|b)*(a+)+$' }, `${'a'.repeat(50_000)}!`)).toEqual([' schema_mismatch']);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('cannot be made to run code by the names and values of a schema', () => {
    const name = `"];globalThis.pwned=1;//'+(globalThis.pwned=1)+'\`\u2028*/globalThis.pwned=1;/*`;
    const schema = {
      title: name,
      $comment: name,
      required: [name],
      properties: { [name]: { const: name, enum: [name], pattern: '\\W' } },
      dependentSchemas: { [name]: { $ref: `#/$defs/${encodeURIComponent(name.replaceAll('/', '~1'))}` } },
      $defs: { [name]: { minProperties: 1 } },
    };
    expect(mismatches(schema, { [name]: name })).toEqual([]);
    expect(mismatches(schema, { [name]: 1 })).not.toEqual([]);
    expect(globalThis).not.toHaveProperty('pwned');
  });
});
