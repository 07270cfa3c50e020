import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { MULTIPLE_OF } from './decimal-multiple.js';
import { extentOf, type InstanceWork } from './instance-work.js';
import { type LinearPattern, linearPattern, PATTERN_MAX_BYTES } from './linear-pattern.js';
import { isObject, type SchemaProblem } from './schema-problem.js';
import { UNIQUE_ITEMS } from './unique-elements.js';
import { type WorkBudget, WorkExceededError } from './work-budget.js';

/** Places that an answer names. */
export const MISMATCHES_MAX = 20;
/** Up to so many values all mismatches are looked for; in more, each of which might have one, the first. */
const VALUES_MAX_FOR_ALL = 1_000;
/** And so much work, of which each may leave some errors: 5 million of them took ten seconds and a gigabyte. */
const WORK_MAX_FOR_ALL = 10_000;
const DETAIL_MAX_CHARACTERS = 200;
/** What a compiled schema takes of memory, measured generously: by itself, for each character of its text, and a pattern. */
const CHECK_BYTES = 16 * 1024;
const CHECK_BYTES_PER_CHARACTER = 30;
const CHECK_BYTES_PER_PATTERN = 2 * PATTERN_MAX_BYTES;

/** What ajv says of an error, with the one name that it is about. */
export function detailOf({ message, params }: ErrorObject): string {
  const names = Object.values(params).filter((value) => typeof value === 'string');
  const name = names.length === 1 ? ` (${String(names[0]).slice(0, DETAIL_MAX_CHARACTERS)})` : '';
  return `${(message ?? 'is not valid').slice(0, DETAIL_MAX_CHARACTERS)}${name}.`.toWellFormed();
}

function hasMoreThan(max: number, value: unknown): boolean {
  let left = max;
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    left -= 1;
    if (left < 0) return true;
    if (Array.isArray(next)) {
      if (next.length > left) return true;
      pending.push(...next);
    } else if (isObject(next)) {
      const members = Object.values(next);
      if (members.length > left) return true;
      pending.push(...members);
    }
  }
  return false;
}

const TOO_COSTLY: SchemaProblem = {
  pointer: '',
  code: 'too_costly',
  detail: 'it is too large, or its texts too long, to be compared with this schema.',
};

/** What a schema is, once it was found to be bounded. */
export interface BoundedSchema {
  schema: object;
  patterns: ReadonlyMap<string, LinearPattern>;
  /** What the patterns spend. */
  steps: WorkBudget;
  /** What an instance costs without its patterns. */
  work: InstanceWork;
  workBudget: WorkBudget;
  /** Up to this extent of an instance its work need not be counted. */
  extentMax: number;
}

/** Says where instances do not match a schema, in bounded time and space. */
export class InstanceCheck {
  private readonly first: ValidateFunction;
  private all: ValidateFunction | null = null;

  /** Throws where ajv cannot carry the schema out. */
  constructor(private readonly bounded: BoundedSchema) {
    this.first = this.compile(false);
  }

  /** About what it takes of memory. */
  get bytes(): number {
    const { schema, patterns } = this.bounded;
    const text = JSON.stringify(schema).length;
    return CHECK_BYTES + CHECK_BYTES_PER_CHARACTER * text + CHECK_BYTES_PER_PATTERN * patterns.size;
  }

  /** Where the instance does not match; empty where it does. */
  mismatchesOf(instance: unknown): readonly SchemaProblem[] {
    try {
      this.spendWork(instance);
      const errors = this.errorsBy(this.first, instance);
      if (errors.length === 0 || !this.mayTellAll(instance)) return problemsOf(errors);
      this.all ??= this.compile(true);
      return problemsOf(this.errorsBy(this.all, instance));
    } catch (error) {
      if (error instanceof WorkExceededError) return [TOO_COSTLY];
      throw error;
    }
  }

  private spendWork(instance: unknown): void {
    const { extentMax, work, workBudget } = this.bounded;
    if (extentOf(instance) <= extentMax) return;
    workBudget.refill();
    work.spend(instance);
  }

  private mayTellAll(instance: unknown): boolean {
    if (hasMoreThan(VALUES_MAX_FOR_ALL, instance)) return false;
    const { work, workBudget } = this.bounded;
    workBudget.refill(WORK_MAX_FOR_ALL);
    try {
      work.spend(instance);
      return true;
    } catch (error) {
      if (error instanceof WorkExceededError) return false;
      throw error;
    }
  }

  private errorsBy(validate: ValidateFunction, instance: unknown): ErrorObject[] {
    this.bounded.steps.refill();
    const errors = validate(instance) ? [] : (validate.errors ?? []);
    validate.errors = null;
    return errors;
  }

  /**
   * ajv makes code of the schema: names and values stand in it as escaped literals only, and its size is bounded by the
   * schema's, as no reference is inlined. `format` is an annotation, as the standard has it.
   */
  private compile(allErrors: boolean): ValidateFunction {
    const { schema, patterns, steps } = this.bounded;
    const regExp = (pattern: string) => patterns.get(pattern) ?? linearPattern(pattern, steps);
    const ajv = new Ajv2020({
      allErrors,
      meta: false,
      validateSchema: false,
      addUsedSchema: false,
      inlineRefs: false,
      validateFormats: false,
      // Else every object would have a toString, and a constructor that is no text.
      ownProperties: true,
      // Unknown keywords were refused with a pointer; the other strict rules forbid what the standard allows.
      strict: false,
      logger: false,
      code: { regExp: Object.assign(regExp, { code: 'linearPattern' }) },
    });
    for (const own of [UNIQUE_ITEMS, MULTIPLE_OF]) ajv.removeKeyword(String(own.keyword)).addKeyword(own);
    return ajv.compile(schema);
  }
}

function problemsOf(errors: readonly ErrorObject[]): SchemaProblem[] {
  return errors.slice(0, MISMATCHES_MAX).map((error) => ({
    pointer: error.instancePath,
    code: 'schema_mismatch',
    detail: detailOf(error),
  }));
}
