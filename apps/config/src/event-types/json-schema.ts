import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type InputErrors, pointerTo } from '../input/input-errors.js';
import { type LinearPattern, linearPattern } from './linear-pattern.js';
import { type SchemaPlace, schemaPlacesOf } from './schema-places.js';
import { referredPointer, schemaWorkOf } from './schema-work.js';

/** Says whether an instance matches, and leaves what does not in its `errors`. */
export type InstanceCheck = ValidateFunction;

const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const PATTERNS_MAX_COUNT = 32;
/** Of all patterns: what reading classes of characters costs, some 0.2 ms each. */
const PATTERNS_MAX_CHARACTERS = 2_048;
/** What compiling a schema costs, in schemas that check next to nothing: some 100 ms. */
const SCHEMA_WORK_MAX = 500;
/** What checking the largest event against it costs: some 100,000 elements, half a second. */
const REPEATED_WORK_MAX = 150;
/** Elements are compared each with each. */
const UNIQUE_ITEMS_MAX = 1_000;
const ERRORS_MAX = 20;

const META_SCHEMA = 'https://json-schema.org/draft/2020-12/schema';
/** Asked by its own name: a schema's `$schema` does not choose what it is checked by. */
const meta = new Ajv2020({ allErrors: true, validateFormats: false });

function detailOf({ message, params }: ErrorObject): string {
  const names = Object.values(params).filter((value) => typeof value === 'string');
  return `${message ?? 'is not valid'}${names.length === 1 ? ` (${names[0]})` : ''}.`;
}

/** What breaks the meta-schema, once a place: alternatives are told one by one. */
function metaErrorsOf(schema: object): Map<string, string> {
  meta.validate(META_SCHEMA, schema);
  return new Map((meta.errors ?? []).toReversed().map((error) => [error.instancePath, detailOf(error)]));
}

function* patternsOf({ pointer, schema }: SchemaPlace): Generator<[pointer: string, pattern: string]> {
  const { pattern: own, patternProperties = {} } = schema;
  if (typeof own === 'string') yield [`${pointer}/pattern`, own];
  const at = `${pointer}/patternProperties`;
  for (const pattern of Object.keys(patternProperties as object)) {
    yield [pointerTo(at, pattern), pattern];
  }
}

/** The patterns that can be read, by their text. */
function checkPatterns(places: Iterable<SchemaPlace>, add: InputErrors['add']): ReadonlyMap<string, LinearPattern> {
  const read = new Map<string, LinearPattern>();
  const patterns = [...places].flatMap((place) => [...patternsOf(place)]);
  if (patterns.length > PATTERNS_MAX_COUNT) {
    add('', 'too_many_patterns', `a schema holds at most ${PATTERNS_MAX_COUNT} patterns.`);
    return read;
  }
  if (patterns.reduce((sum, [, { length }]) => sum + length, 0) > PATTERNS_MAX_CHARACTERS) {
    add('', 'too_many_patterns', `patterns have at most ${PATTERNS_MAX_CHARACTERS} characters in all.`);
    return read;
  }
  for (const [pointer, pattern] of patterns) {
    try {
      read.set(pattern, linearPattern(pattern));
    } catch (error) {
      add(pointer, 'pattern', `is no pattern that can be checked in linear time: ${(error as Error).message}.`);
    }
  }
  return read;
}

function checkPlace(
  { pointer, schema }: SchemaPlace,
  places: ReadonlyMap<string, SchemaPlace>,
  add: InputErrors['add'],
) {
  const { $schema, $ref, uniqueItems, maxItems } = schema;
  if (typeof $schema === 'string' && !DIALECT.test($schema)) {
    add(`${pointer}/$schema`, 'dialect', 'only JSON Schema 2020-12 is known here.');
  }
  const target = typeof $ref === 'string' ? referredPointer($ref) : '';
  if (target === null || !places.has(target)) {
    add(`${pointer}/$ref`, 'reference', 'must be "#" or "#/…", the place of an object within this schema.');
  }
  if (uniqueItems === true && !(typeof maxItems === 'number' && maxItems <= UNIQUE_ITEMS_MAX)) {
    add(`${pointer}/uniqueItems`, 'unbounded', `needs a maxItems of at most ${UNIQUE_ITEMS_MAX} beside it.`);
  }
}

function checkWork(
  places: ReadonlyMap<string, SchemaPlace>,
  patterns: ReadonlyMap<string, LinearPattern>,
  add: InputErrors['add'],
): void {
  const { total, repeated } = schemaWorkOf(places, (pattern) => patterns.get(pattern)?.size ?? 0);
  if (total === Number.POSITIVE_INFINITY) add('', 'recursive', 'a $ref leads back to where it stands.');
  else if (total > SCHEMA_WORK_MAX) add('', 'too_complex', `costs more than ${SCHEMA_WORK_MAX} schemas that apply.`);
  else if (repeated > REPEATED_WORK_MAX) {
    const detail = `costs more than ${REPEATED_WORK_MAX} schemas that apply to each of many elements or members.`;
    add('', 'too_complex', detail);
  }
}

/**
 * The check of instances that a JSON Schema (2020-12) is, or null where something is wrong with it: that is added. What
 * passes costs a check of an instance a bounded amount: nothing is fetched, patterns are linear, references cannot run in
 * circles, and what applies is counted.
 */
export function checkJsonSchema(schema: object, pointer: string, errors: InputErrors): InstanceCheck | null {
  const before = errors.list.length;
  const add: InputErrors['add'] = (at, code, detail) => {
    if (errors.list.length - before < ERRORS_MAX) errors.add(pointer + at, code, detail);
  };
  const { places, unknown } = schemaPlacesOf(schema);
  for (const at of unknown) add(at, 'unknown_keyword', 'is no keyword that is known here.');
  for (const [at, detail] of metaErrorsOf(schema)) add(at, 'json_schema', detail);
  if (errors.list.length > before) return null;
  for (const place of places.values()) checkPlace(place, places, add);
  const patterns = checkPatterns(places.values(), add);
  checkWork(places, patterns, add);
  if (errors.list.length > before) return null;
  try {
    return compileJsonSchema(schema, patterns);
  } catch (error) {
    // Such as an `enum` without values: the meta-schema allows more than ajv makes code of.
    add('', 'json_schema', `cannot be carried out: ${(error as Error).message}.`);
    return null;
  }
}

/**
 * ajv makes code of the schema: names and values stand in it as escaped literals only, and its size is bounded by the
 * schema's, as no reference is inlined. `format` is an annotation, as the standard has it.
 */
function compileJsonSchema(schema: object, patterns: ReadonlyMap<string, LinearPattern>): InstanceCheck {
  const regExp = (pattern: string) => patterns.get(pattern) ?? linearPattern(pattern);
  const ajv = new Ajv2020({
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    inlineRefs: false,
    validateFormats: false,
    // Unknown keywords were refused with a pointer; the other strict rules forbid what the standard allows.
    strict: false,
    logger: false,
    code: { regExp: Object.assign(regExp, { code: 'linearPattern' }) },
  });
  return ajv.compile(schema);
}

/** Adds where an instance does not match its schema. */
export function checkInstance(check: InstanceCheck, instance: unknown, pointer: string, errors: InputErrors): void {
  if (check(instance)) return;
  for (const error of (check.errors ?? []).slice(0, ERRORS_MAX)) {
    errors.add(pointer + error.instancePath, 'schema_mismatch', detailOf(error));
  }
}
