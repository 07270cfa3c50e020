import type { Condition, Scalar } from '@hookstile/contracts';
import { compareDecimals, decimalOf } from './decimal.js';
import { type PointedValue, pointedScalar, scalarKeyOf } from './pointed-value.js';

/** What a value's key, or that of an element of it, has to be one of. */
export interface WantedKeys {
  /** The same for all that are looked up in one place. */
  readonly lookup: string;
  readonly of: 'value' | 'element';
  readonly keys: readonly string[];
}

/** A condition made ready to be asked of many events. */
export interface CompiledCondition {
  /** The same for conditions that mean the same. */
  readonly id: string;
  readonly pointer: string;
  /** Where having one of these is all that it asks, so that it can be looked up; else null. */
  readonly wanted: WantedKeys | null;
  /** @param value undefined where the event has nothing at the pointer */
  holds(value: PointedValue | undefined): boolean;
}

/** No event's value has it. */
const NO_KEY = '';

const COMPARISONS = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

export function compileCondition({ pointer, op, value }: Condition): CompiledCondition {
  const compiled = (about: unknown, holds: CompiledCondition['holds'], keys: WantedKeys | null = null) => ({
    id: JSON.stringify([pointer, op, about]),
    pointer,
    wanted: keys,
    holds,
  });
  const wanted = (of: WantedKeys['of'], keys: Iterable<string>) => ({
    lookup: `${of} ${pointer}`,
    of,
    keys: [...keys],
  });
  switch (op) {
    case 'eq':
      return compileCondition({ pointer, op: 'in', value: [value] });
    case 'ne':
      return compileCondition({ pointer, op: 'not_in', value: [value] });
    case 'in': {
      const keys = keysOf(value);
      return compiled([...keys], (found) => keys.has(scalarKeyOf(found) ?? NO_KEY), wanted('value', keys));
    }
    // The opposite of "in", also where there is nothing.
    case 'not_in': {
      const keys = keysOf(value);
      return compiled([...keys], (found) => !keys.has(scalarKeyOf(found) ?? NO_KEY));
    }
    case 'contains': {
      const key = keyOf(value);
      const holds = (found: PointedValue | undefined) => found?.kind === 'array' && found.elementKeys().has(key);
      return compiled(key, holds, wanted('element', [key]));
    }
    case 'exists':
      return compiled(value, (found) => (found !== undefined) === value);
    case 'prefix':
      return compiled(value, (found) => found?.kind === 'text' && found.text.startsWith(value));
    default: {
      const bound = decimalOf(JSON.stringify(value));
      const accepts = COMPARISONS[op];
      return compiled(value, (found) => found?.kind === 'number' && accepts(compareDecimals(found.decimal, bound)));
    }
  }
}

function keyOf(value: Scalar): string {
  return scalarKeyOf(pointedScalar(value)) ?? NO_KEY;
}

/** In an order of their own, so that lists of the same values are the same condition. */
function keysOf(values: readonly Scalar[]): ReadonlySet<string> {
  return new Set(values.map(keyOf).sort());
}
