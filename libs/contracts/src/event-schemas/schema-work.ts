import type { AppliedSchema, SchemaPlace } from './schema-places.js';

/** A reference to a place in the same schema: `#` or `#/…`. */
const LOCAL_REFERENCE = /^#(\/.*)?$/s;

/** The pointer that a `$ref` names, or null where it names nothing within the schema. */
export function referredPointer(reference: string): string | null {
  if (!LOCAL_REFERENCE.test(reference)) return null;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return null;
  }
}

/** What an instance is checked against with a schema, the one that it refers to among them. */
export function appliedAt({ schema: { $ref }, children }: SchemaPlace): readonly AppliedSchema[] {
  const referred = typeof $ref === 'string' ? referredPointer($ref) : null;
  return referred === null ? children : [...children, { pointer: referred, keyword: '$ref', at: '', repeats: false }];
}

/** Comparing with a number, a text or the like takes a quarter of what a schema takes that checks next to nothing. */
const SCALAR_WORK = 0.25;
/** Of each value within an array or object that is compared with others. */
const STRUCTURED_WORK = 4;
/** `uniqueItems` makes a text of each element, and of all within it. */
const UNIQUE_ITEMS_WORK = 4;
/** A number is written out in decimal digits to be divided. */
const MULTIPLE_OF_WORK = 4;

/**
 * What applies, references followed, in schemas that check next to nothing; `repeated` counts what applies to each of many
 * elements or members.
 */
export interface SchemaWork {
  total: number;
  repeated: number;
}

const ENDLESS: SchemaWork = { total: Number.POSITIVE_INFINITY, repeated: 0 };
/** True, false, or what the meta-schema refuses. */
const NOTHING: SchemaWork = { total: 1, repeated: 0 };

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return 1 + Object.values(value).reduce<number>((sum, each) => sum + valuesIn(each), 0);
}

function comparisonWork(value: unknown): number {
  return typeof value === 'object' && value !== null ? STRUCTURED_WORK * valuesIn(value) : SCALAR_WORK;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

/** What a schema costs without those that it holds or refers to: keywords that compare with many values count by them. */
export function ownWork({ schema }: SchemaPlace, sizeOf: PatternSize): SchemaWork {
  const { enum: values = [], required = [], dependentRequired = {}, uniqueItems, multipleOf } = schema;
  const { pattern, patternProperties = {} } = schema;
  const patterns = [...(typeof pattern === 'string' ? [pattern] : []), ...Object.keys(patternProperties as object)];
  const dependents = Object.values(dependentRequired as Record<string, unknown[]>);
  const compared = sumOf((values as unknown[]).map(comparisonWork)) + sumOf(dependents.map(({ length }) => 1 + length));
  const names = SCALAR_WORK * (required as unknown[]).length;
  const divided = multipleOf === undefined ? 0 : MULTIPLE_OF_WORK;
  const total = 1 + compared + names + divided + sumOf(patterns.map(sizeOf));
  const unique = uniqueItems === true ? UNIQUE_ITEMS_WORK : 0;
  return { total: total + unique, repeated: unique };
}

/** Steps of a pattern for a character: each costs as much for a text as a schema for many elements. */
export type PatternSize = (pattern: string) => number;

/**
 * The work that an instance is at most; endless where a reference leads back to where it stands. Schemas that refer to
 * others twice each grow exponentially, as recursive ones do with the instance's depth.
 */
export function schemaWorkOf(places: ReadonlyMap<string, SchemaPlace>, sizeOf: PatternSize): SchemaWork {
  const known = new Map<string, SchemaWork>();
  const workAt = (pointer: string): SchemaWork => {
    const place = places.get(pointer);
    if (!place) return NOTHING;
    const before = known.get(pointer);
    if (before) return before;
    known.set(pointer, ENDLESS);
    const work = ownWork(place, sizeOf);
    for (const { pointer: applied, repeats } of appliedAt(place)) {
      const { total, repeated } = workAt(applied);
      work.total += total;
      work.repeated += repeats ? total : repeated;
    }
    known.set(pointer, work);
    return work;
  };
  return workAt('');
}
