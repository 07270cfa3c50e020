/** What is wrong with a schema, or where an instance does not match one. */
export interface SchemaProblem {
  /** JSON pointer from the root of the schema, or of the instance. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Takes a problem in, up to a bound. */
export type AddProblem = (pointer: string, code: string, detail: string) => void;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
