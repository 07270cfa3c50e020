/** What is wrong with a schema, or where an instance does not match one. */
export interface SchemaProblem {
  /** JSON pointer from the root of the schema, or of the instance. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Takes a problem in, up to a bound. */
export type AddProblem = (pointer: string, code: string, detail: string) => void;

/** One member name as a part of a JSON pointer. */
export function pointerTo(parent: string, member: string | number): string {
  return `${parent}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
