import { Ajv2020 } from 'ajv/dist/2020.js';
import { pointerTo } from '../json-pointer.js';
import { detailOf, InstanceCheck } from './instance-check.js';
import { InstanceWork } from './instance-work.js';
import { type LinearPattern, linearPattern } from './linear-pattern.js';
import { type SchemaPlace, schemaPlacesOf } from './schema-places.js';
import type { AddProblem, SchemaProblem } from './schema-problem.js';
import { referredPointer, type SchemaWork, schemaWorkOf } from './schema-work.js';
import { WorkBudget } from './work-budget.js';

/** A schema's check, or all that is wrong with the schema. */
export type SchemaReading =
  | { readonly outcome: 'check'; readonly check: InstanceCheck }
  | { readonly outcome: 'refused'; readonly problems: readonly SchemaProblem[] };

const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const PATTERNS_MAX_COUNT = 32;
/** Of all patterns: what reading classes of characters costs, some 0.2 ms each. */
const PATTERNS_MAX_CHARACTERS = 2_048;
/** What compiling a schema costs, in schemas that check next to nothing: some 100 ms. */
const SCHEMA_WORK_MAX = 500;
/** What checking the largest event against it costs: some 100,000 elements, half a second. */
const REPEATED_WORK_MAX = 150;
/** What the patterns of a schema may cost with one instance: some 0.2 s, where they cannot remember what they saw. */
export const PATTERN_STEPS_MAX = 8_000_000;
/** What all else may cost with one instance, in schemas that check next to nothing: some 0.1 s. */
export const INSTANCE_WORK_MAX = 1_000_000;
const PROBLEMS_MAX = 20;

const META_SCHEMA = 'https://json-schema.org/draft/2020-12/schema';
/** Asked by its own name: a schema's `$schema` does not choose what it is checked by. */
const meta = new Ajv2020({ allErrors: true, validateFormats: false });

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
function checkPatterns(
  places: Iterable<SchemaPlace>,
  budget: WorkBudget,
  add: AddProblem,
): ReadonlyMap<string, LinearPattern> {
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
      read.set(pattern, linearPattern(pattern, budget));
    } catch (error) {
      add(pointer, 'pattern', `is no pattern that can be checked in linear time: ${(error as Error).message}.`);
    }
  }
  return read;
}

function checkPlace({ pointer, schema }: SchemaPlace, places: ReadonlyMap<string, SchemaPlace>, add: AddProblem) {
  const { $schema, $ref } = schema;
  if (typeof $schema === 'string' && !DIALECT.test($schema)) {
    add(`${pointer}/$schema`, 'dialect', 'only JSON Schema 2020-12 is known here.');
  }
  const target = typeof $ref === 'string' ? referredPointer($ref) : '';
  if (target === null || !places.has(target)) {
    add(`${pointer}/$ref`, 'reference', 'must be "#" or "#/…", the place of an object within this schema.');
  }
}

function checkWork(
  places: ReadonlyMap<string, SchemaPlace>,
  patterns: ReadonlyMap<string, LinearPattern>,
  add: AddProblem,
): SchemaWork {
  const work = schemaWorkOf(places, (pattern) => patterns.get(pattern)?.stepsPerCharacter ?? 0);
  const { total, repeated } = work;
  if (total === Number.POSITIVE_INFINITY) add('', 'recursive', 'a $ref leads back to where it stands.');
  else if (total > SCHEMA_WORK_MAX) add('', 'too_complex', `costs more than ${SCHEMA_WORK_MAX} schemas that apply.`);
  else if (repeated > REPEATED_WORK_MAX) {
    const detail = `costs more than ${REPEATED_WORK_MAX} schemas that apply to each of many elements or members.`;
    add('', 'too_complex', detail);
  }
  return work;
}

/**
 * Reads a JSON Schema (2020-12). What passes costs a check of an instance a bounded amount: nothing is fetched, patterns
 * are linear and their steps are counted, references cannot run in circles, and what applies is counted.
 */
export function readJsonSchema(schema: object): SchemaReading {
  const problems: SchemaProblem[] = [];
  const add: AddProblem = (pointer, code, detail) => {
    if (problems.length < PROBLEMS_MAX) problems.push({ pointer, code, detail });
  };
  const refused: SchemaReading = { outcome: 'refused', problems };
  const { places, unknown } = schemaPlacesOf(schema);
  for (const at of unknown) add(at, 'unknown_keyword', 'is no keyword that is known here.');
  for (const [at, detail] of metaErrorsOf(schema)) add(at, 'json_schema', detail);
  if (problems.length > 0) return refused;
  for (const place of places.values()) checkPlace(place, places, add);
  const steps = new WorkBudget(PATTERN_STEPS_MAX);
  const workBudget = new WorkBudget(INSTANCE_WORK_MAX);
  const patterns = checkPatterns(places.values(), steps, add);
  const { total } = checkWork(places, patterns, add);
  if (problems.length > 0) return refused;
  const work = new InstanceWork(places, workBudget);
  const bounded = { schema, patterns, steps, work, workBudget, extentMax: INSTANCE_WORK_MAX / total };
  try {
    return { outcome: 'check', check: new InstanceCheck(bounded) };
  } catch (error) {
    // Such as an `enum` without values: the meta-schema allows more than ajv makes code of.
    add('', 'json_schema', `cannot be carried out: ${(error as Error).message}.`);
    return refused;
  }
}
