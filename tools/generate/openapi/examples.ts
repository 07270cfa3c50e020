import type { OperationExample, OperationReference } from '@hookstile/service-runtime';
import type { Schema } from './input-schemas.ts';

/** OpenAPI's `examples` of one place: of those that say something there. Left out where none does. */
export function examplesOf(
  examples: OperationReference['examples'],
  partOf: (example: OperationExample) => unknown,
): Schema {
  const own = Object.entries(examples).flatMap(([name, example]) => {
    const value = partOf(example);
    return value === undefined ? [] : [[name, { value }] as const];
  });
  return own.length === 0 ? {} : { examples: Object.fromEntries(own) };
}
