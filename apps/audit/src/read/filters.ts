import { ProblemError } from '@hookstile/service-runtime';

const ID_MAX_LENGTH = 2_048;
/** RFC 3339 with a zone; `Date.parse` alone would take many other things. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const HTTP_STATUS = /^[1-9]\d{2}$/;

/** A text to compare with; undefined (400) where it is empty, endless or not storable. */
export function text(value: string): string | undefined {
  return value.length > 0 && value.length <= ID_MAX_LENGTH && !value.includes('\0') ? value : undefined;
}

/** Unix milliseconds. */
export function instant(value: string): number | undefined {
  const ms = RFC_3339.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
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
