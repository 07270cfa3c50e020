import { isSameNumber, JsonNumber } from './json-number.js';

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  return value instanceof JsonNumber ? value.value : null;
}

/** A number as it stands, or as it is usually written; not the one next to it that a double would make of it. */
function numberReadsAs({ value, text }: JsonNumber, expected: string): boolean {
  return text === expected || (String(value) === expected && isSameNumber(text, expected));
}

/** Whether a number or a truth value reads as the text. */
function readsAs(value: unknown, text: string): boolean {
  if (value instanceof JsonNumber) return numberReadsAs(value, text);
  return (typeof value === 'number' || typeof value === 'boolean') && String(value) === text;
}

function equalArrays(expected: readonly unknown[], actual: unknown): boolean {
  if (!Array.isArray(actual) || actual.length !== expected.length) return false;
  return expected.every((element, index) => equalsJson(element, actual[index]));
}

function equalObjects(expected: object, actual: unknown): boolean {
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
  const members = Object.entries(expected);
  if (Object.keys(actual).length !== members.length) return false;
  return members.every(
    ([name, value]) =>
      Object.hasOwn(actual, name) && equalsJson(value, (actual as Readonly<Record<string, unknown>>)[name]),
  );
}

/** Whether a value of an answer equals the one that a rule names; a text also equals a number or truth value that reads so. */
export function equalsJson(expected: unknown, actual: unknown): boolean {
  if (typeof expected === 'string') return actual === expected || readsAs(actual, expected);
  const number = numberOf(expected);
  if (number !== null) return numberOf(actual) === number;
  if (Array.isArray(expected)) return equalArrays(expected, actual);
  if (typeof expected === 'object' && expected !== null) return equalObjects(expected, actual);
  return actual === expected;
}
