import { SourcedValue, sourceOf } from './sourced-value.js';
import { TEMPLATE_ELEMENT_WEIGHT } from './template.bounds.js';

/** Counts what filters take in; throws when there was too much of it. */
export interface Work {
  use(weight: number): void;
}

/**
 * Counts a value with all that is in it before a filter works on it: filters that look into nested arrays would
 * otherwise do more than their own bounds, which count the outermost elements, know of.
 */
export function countWork(value: unknown, work: Work): void {
  if (typeof value === 'string') work.use(value.length);
  else if (value instanceof SourcedValue) work.use(value.byteLength);
  else if (Array.isArray(value)) {
    work.use(value.length * TEMPLATE_ELEMENT_WEIGHT);
    for (const element of value) countWork(element, work);
  } else if (typeof value === 'object' && value !== null) {
    work.use(sourceOf(value)?.byteLength ?? TEMPLATE_ELEMENT_WEIGHT);
  }
}
