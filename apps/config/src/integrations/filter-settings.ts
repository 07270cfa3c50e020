import { type Condition, type Filter, pointerTo, type Scalar } from '@hookstile/contracts';
import type { InputErrors } from '../input/input-errors.js';
import { isEventPointer } from './event-pointer.js';

/** Names and indexes on the way: an event's data is looked through once for each. */
const POINTER_MAX_TOKENS = 16;
export const VALUES_MAX_COUNT = 100;
/** In code points, as an event's bounds: what an attribute can be, a condition can ask for. */
export const VALUE_MAX_LENGTH = 2_048;

/** What a user, or a profile, gives of a condition. */
export type GivenCondition = Pick<Condition, 'pointer' | 'op'> & { value: unknown };

/** Conditions in plain objects: instances of the input's class would differ from what is stored, and be a change each time. */
export function filterSettings(given: readonly GivenCondition[], errors: InputErrors): Filter {
  return given.flatMap((condition, index) => {
    const place = pointerTo('/filter', index);
    checkPointer(condition.pointer, `${place}/pointer`, errors);
    return conditionOf(condition, `${place}/value`, errors) ?? [];
  });
}

function checkPointer(pointer: string, place: string, errors: InputErrors): void {
  if (!isEventPointer(pointer)) {
    const detail = 'pointer must point at an attribute of the event, such as /subject, or into /data.';
    errors.add(place, 'json_pointer', detail);
  } else if (pointer.split('/').length - 1 > POINTER_MAX_TOKENS) {
    errors.add(place, 'too_deep', `pointer has at most ${POINTER_MAX_TOKENS} parts.`);
  }
}

/** Null where the op takes no such value, which is added to the errors. */
function conditionOf({ pointer, op, value }: GivenCondition, place: string, errors: InputErrors): Condition | null {
  switch (op) {
    case 'eq':
    case 'ne':
    case 'contains':
      return isScalar(value, op, place, errors) ? { pointer, op, value: stored(value) } : null;
    case 'in':
    case 'not_in':
      return isListOfScalars(value, op, place, errors) ? { pointer, op, value: value.map(stored) } : null;
    case 'exists':
      if (typeof value === 'boolean') return { pointer, op, value };
      errors.add(place, 'is_boolean', '"exists" takes true or false.');
      return null;
    case 'prefix':
      if (typeof value === 'string' && value !== '') {
        return isScalar(value, op, place, errors) ? { pointer, op, value } : null;
      }
      errors.add(place, 'is_string', '"prefix" takes text of at least one character.');
      return null;
    default:
      if (typeof value === 'number')
        return isScalar(value, op, place, errors) ? { pointer, op, value: unsigned(value) } : null;
      errors.add(place, 'is_number', `"${op}" takes a number.`);
      return null;
  }
}

function isListOfScalars(value: unknown, op: Condition['op'], place: string, errors: InputErrors): value is Scalar[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > VALUES_MAX_COUNT) {
    errors.add(place, 'is_list', `"${op}" takes a list of 1 to ${VALUES_MAX_COUNT} values.`);
    return false;
  }
  const checked = value.map((each, index) => isScalar(each, op, pointerTo(place, index), errors));
  return checked.every((isRight) => isRight);
}

function isScalar(value: unknown, op: Condition['op'], place: string, errors: InputErrors): value is Scalar {
  const problem = problemOf(value, op);
  if (problem) errors.add(place, ...problem);
  return problem === null;
}

/** A whole number that a double does not tell from its neighbours was perhaps another one when it was sent. */
function problemOf(value: unknown, op: Condition['op']): [code: string, detail: string] | null {
  if (typeof value === 'object' && value !== null) {
    return ['is_scalar', `"${op}" compares with text, a number, true, false or null.`];
  }
  if (typeof value === 'string' && value.length > VALUE_MAX_LENGTH && [...value].length > VALUE_MAX_LENGTH) {
    return ['max_length', `a text has at most ${VALUE_MAX_LENGTH} characters.`];
  }
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    return ['inexact_number', `a number lies between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}.`];
  }
  return null;
}

function stored(value: Scalar): Scalar {
  return typeof value === 'number' ? unsigned(value) : value;
}

/** Zero has no sign once it was stored; with one it would be a change each time. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}
