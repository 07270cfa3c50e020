import { Refusal } from '@hookstile/event-sourcing';
import { ProblemError } from '@hookstile/service-runtime';
import { InputErrors } from '../input/input-errors.js';
import { APPLY_ERRORS_MAX } from './apply.bounds.js';

/** What `make` gives for each item. Throws `invalid` with what is wrong with all of them, pointers from the list's top. */
export function forEachItem<Item, Made>(
  items: readonly Item[],
  make: (item: Item, index: number) => Made,
): { item: Item; made: Made }[] {
  const errors = new InputErrors();
  const all = items.flatMap((item, index) => {
    try {
      return [{ item, made: make(item, index) }];
    } catch (error) {
      if (!(error instanceof ProblemError && error.errors)) throw error;
      for (const { pointer, code, detail } of error.errors) {
        if (errors.list.length < APPLY_ERRORS_MAX) errors.add(`/items/${index}${pointer}`, code, detail);
      }
      return [];
    }
  });
  errors.throwIfAny();
  return all;
}

/** Does `work`; a refusal of it gets the place in the list that caused it. */
export async function at<T>(pointer: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ProblemError)) throw error;
    const { code, message: detail } = error;
    throw new ProblemError(code, `${pointer}: ${detail}`, { errors: [{ pointer, code, detail }] });
  }
}
