// class-transformer reads the types that decorators recorded.
import 'reflect-metadata';
import { pointerTo } from '@hookstile/contracts';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type InputError, ProblemError } from '../problems/problem.error.js';

const INPUT_ERRORS_MAX = 50;

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function ownError(error: ValidationError, pointer: string): InputError | null {
  const [constraint, detail] = Object.entries(error.constraints ?? {})[0] ?? [];
  if (constraint === undefined || detail === undefined) return null;
  if (constraint === 'whitelistValidation') {
    return { pointer, code: 'unknown_member', detail: `${error.property} is not a member of this object` };
  }
  if (error.value === undefined)
    return { pointer, code: 'required', detail: `${error.property} is required: ${detail}` };
  return { pointer, code: snakeCase(constraint), detail };
}

function* inputErrors(errors: readonly ValidationError[], parent: string): Generator<InputError> {
  for (const error of errors) {
    const pointer = pointerTo(parent, error.property);
    const own = ownError(error, pointer);
    if (own) yield own;
    yield* inputErrors(error.children ?? [], pointer);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Members that every object inherits. class-transformer drops them without a word, and what a caller sent must never
 * vanish; and a `constructor` it calls. So they are refused wherever they stand, before it sees them.
 */
function* inheritedMembers(value: unknown, parent: string): Generator<InputError> {
  if (typeof value !== 'object' || value === null) return;
  for (const [member, child] of Object.entries(value)) {
    const pointer = pointerTo(parent, member);
    if (member in Object.prototype) {
      yield { pointer, code: 'unknown_member', detail: `${member} is not a member of this object` };
    }
    yield* inheritedMembers(child, pointer);
  }
}

/**
 * A body as an instance of its DTO, checked by the DTO's class-validator decorators; unknown members are refused.
 * Throws `invalid` (422) with a JSON pointer for each wrong place.
 */
export function parseBody<T extends object>(dto: new () => T, body: unknown): T {
  if (!isObject(body) || Buffer.isBuffer(body)) {
    const detail = 'a JSON object is expected';
    throw new ProblemError('invalid', detail, { errors: [{ pointer: '', code: 'is_object', detail }] });
  }
  refuse(inheritedMembers(body, ''));
  const instance = plainToInstance(dto, body);
  const found = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: false });
  refuse(inputErrors(found, ''));
  return instance;
}

/** The same where a request may come without a body, which is an object without members then. A `null` is a body. */
export function parseOptionalBody<T extends object>(dto: new () => T, body: unknown): T {
  return parseBody(dto, body === undefined ? {} : body);
}

function refuse(found: Iterable<InputError>): void {
  const errors = [...found].slice(0, INPUT_ERRORS_MAX);
  const [first] = errors;
  if (first) throw new ProblemError('invalid', `${first.pointer}: ${first.detail}`, { errors });
}
