import { ProblemError } from '../problems/problem.error.js';

export const LIST_LIMIT_DEFAULT = 50;
export const LIST_LIMIT_MAX = 200;

/** Reads one filter's text; throws, or returns undefined, where the value is bad. */
export type FilterReader = (value: string) => unknown;

export interface ListQuery<F extends Record<string, FilterReader>> {
  limit: number;
  cursor: string | null;
  /** Only the filters that were given. */
  filters: { [Name in keyof F]?: Exclude<ReturnType<F[Name]>, undefined> };
}

function limitOf(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIST_LIMIT_MAX) {
    throw new ProblemError('malformed', `limit: a whole number from 1 to ${LIST_LIMIT_MAX} is expected`);
  }
  return limit;
}

function filterOf(name: string, text: string, read: FilterReader): unknown {
  let value: unknown;
  try {
    value = read(text);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    value = undefined;
  }
  if (value === undefined) throw new ProblemError('malformed', `${name}: not a value of this filter`);
  return value;
}

/** The query of a list route. An unknown, repeated or bad parameter is refused as `malformed` (400). */
export function parseListQuery<F extends Record<string, FilterReader>>(query: unknown, filters: F): ListQuery<F> {
  const read: Record<string, unknown> = {};
  let limit = LIST_LIMIT_DEFAULT;
  let cursor: string | null = null;
  for (const [name, text] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (typeof text !== 'string') throw new ProblemError('malformed', `${name}: given more than once`);
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
    if (filter) read[name] = filterOf(name, text, filter);
    else if (name === 'limit') limit = limitOf(text);
    else if (name === 'cursor') cursor = text;
    else throw new ProblemError('malformed', `${name}: not a parameter of this list`);
  }
  return { limit, cursor, filters: read as ListQuery<F>['filters'] };
}
