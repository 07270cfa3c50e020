import { ProblemError } from '@hookstile/service-runtime';
import { InputErrors } from '../input/input-errors.js';
import type { NamedThing } from '../read-models/read-model.store.js';
import { APPLY_DELETIONS_MAX, APPLY_ERRORS_MAX } from './apply.bounds.js';

interface Named {
  name: string;
}

/** Throws `invalid` where two items of a list have one name. */
export function refuseRepeatedNames(items: readonly Named[]): void {
  const errors = new InputErrors();
  const first = new Map<string, number>();
  for (const [index, { name }] of items.entries()) {
    const other = first.get(name);
    if (other === undefined) first.set(name, index);
    else if (errors.list.length < APPLY_ERRORS_MAX) {
      errors.add(`/items/${index}/name`, 'repeated_name', `"${name}" is the name of /items/${other} as well.`);
    }
  }
  errors.throwIfAny();
}

export interface MatchedNames {
  /** Of each item, in their order: the id of the integration that has its name, or null. */
  ids: (string | null)[];
  /** What no item names. */
  absent: string[];
}

/** Throws `ambiguous_name` where an item could mean several integrations, `conflict` where it would delete too many. */
export function matchNames(items: readonly Named[], existing: readonly NamedThing[]): MatchedNames {
  const idsByName = Map.groupBy(existing, ({ name }) => name);
  const ids = items.map(({ name }, index) => {
    const [only, ...others] = idsByName.get(name) ?? [];
    if (only && others.length > 0) throw ambiguous(index, name, [only, ...others]);
    return only?.id ?? null;
  });
  const listed = new Set(items.map(({ name }) => name));
  const absent = existing.flatMap(({ id, name }) => (listed.has(name) ? [] : [id]));
  if (absent.length > APPLY_DELETIONS_MAX) {
    const detail = `The list leaves out more than ${APPLY_DELETIONS_MAX} of the tenant's integrations, and no more are deleted at once.`;
    throw new ProblemError('conflict', detail);
  }
  return { ids, absent };
}

function ambiguous(index: number, name: string, things: readonly NamedThing[]): ProblemError {
  const pointer = `/items/${index}/name`;
  const ids = things.map(({ id }) => id).join(', ');
  const detail = `"${name}" is the name of several integrations: ${ids}. Rename or delete all but one.`;
  return new ProblemError('ambiguous_name', `${pointer}: ${detail}`, {
    errors: [{ pointer, code: 'ambiguous_name', detail }],
  });
}
