import { ProblemError } from '@hookstile/service-runtime';

const ID_MAX_LENGTH = 2_048;
/** RFC 3339 with a zone; `Date.parse` alone would take many other things, and the 30th of February for a day of March. */
const RFC_3339 =
  /^(\d{4}-\d{2}-\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
/** Years of four digits, which is all that can be shown again. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');
const HTTP_STATUS = /^[1-9]\d{2}$/;

/** A text to compare with; undefined (400) where it is empty, endless or not storable. */
export function text(value: string): string | undefined {
  return value.length > 0 && value.length <= ID_MAX_LENGTH && !value.includes('\0') ? value : undefined;
}

/** Unix milliseconds. */
export function instant(value: string): number | undefined {
  const day = RFC_3339.exec(value)?.[1];
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(value);
  return ms >= FIRST_MS && ms <= LAST_MS ? ms : undefined;
}

function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00.000Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

export function httpStatus(value: string): number | undefined {
  return HTTP_STATUS.test(value) ? Number(value) : undefined;
}

/** The values of a union of literals, for `oneOf`. */
export function literals<Value extends string>(schema: { anyOf: readonly { const: Value }[] }): Value[] {
  return schema.anyOf.map((member) => member.const);
}

export function oneOf<const Value extends string>(values: readonly Value[]): (value: string) => Value | undefined {
  return (value) => values.find((known) => known === value);
}

/** A route of one thing takes no parameters; one that is given was meant to do something. */
export function noParameters(query: unknown): void {
  const [name] = Object.keys(query ?? {});
  if (name !== undefined) throw new ProblemError('malformed', `${name}: not a parameter of this route`);
}
