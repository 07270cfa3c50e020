import type { Exponential, IntegrationSettings, Ordering, Retry } from '@hookstile/contracts';
import type { InputErrors } from '../input/input-errors.js';
import { isEventPointer } from './event-pointer.js';
import type { FilledInput } from './filled-input.js';
import type { ExponentialDto, OrderingDto } from './sending.dto.js';

const SUBJECT = '/subject';
const CONCURRENCY = 8;
const EXPONENTIAL = { factor: 2, maxMs: 86_400_000, attempts: 10, jitter: 0 };

/** What may go at the same time, and what waits for what. */
export function orderingSettings(input: OrderingDto, errors: InputErrors): Ordering {
  const { mode = 'strict', key, maxConcurrency } = input;
  if (key !== undefined && mode !== 'by-key') {
    errors.add('/ordering/key', 'not_applicable', `ordering.key belongs to the mode "by-key", not to "${mode}".`);
  }
  if (key !== undefined && !isEventPointer(key)) {
    const detail = 'ordering.key must point at an attribute of the event, such as /subject, or into /data.';
    errors.add('/ordering/key', 'json_pointer', detail);
  }
  if (mode === 'strict') {
    if (maxConcurrency !== undefined) {
      const detail =
        'ordering.maxConcurrency belongs to "by-key" and "unordered": "strict" makes one attempt at a time.';
      errors.add('/ordering/maxConcurrency', 'not_applicable', detail);
    }
    return { mode };
  }
  const bounded = { maxConcurrency: maxConcurrency ?? CONCURRENCY };
  return mode === 'by-key' ? { mode, key: key ?? SUBJECT, ...bounded } : { mode, ...bounded };
}

export function batchSettings(
  { maxItems, maxWaitMs }: FilledInput['batch'],
  ordering: Ordering,
  errors: InputErrors,
): IntegrationSettings['batch'] {
  if (maxItems > 1 && ordering.mode === 'unordered') {
    const detail = 'batch.maxItems must be 1 where ordering.mode is "unordered": each delivery goes out on its own.';
    errors.add('/batch/maxItems', 'not_applicable', detail);
  }
  return { maxItems, maxWaitMs };
}

/** A list of delays, or growing ones. */
export function retrySettings(input: FilledInput['retry'], errors: InputErrors): Retry {
  const { delaysMs, exponential, onExhausted, stopOn, disableOn, retryAfterMaxMs } = input;
  const rules = { onExhausted, stopOn, disableOn, retryAfterMaxMs };
  if (exponential === undefined) return { delaysMs: delaysMs ?? [], ...rules };
  if (delaysMs !== undefined) {
    errors.add('/retry/exponential', 'not_applicable', 'give retry.delaysMs or retry.exponential, not both.');
  }
  return { exponential: exponentialSettings(exponential, errors), ...rules };
}

function exponentialSettings(input: ExponentialDto, errors: InputErrors): Exponential {
  const { firstMs, factor = EXPONENTIAL.factor, attempts = EXPONENTIAL.attempts } = input;
  const { maxMs = Math.max(firstMs, EXPONENTIAL.maxMs), jitter = EXPONENTIAL.jitter } = input;
  if (maxMs < firstMs) {
    errors.add('/retry/exponential/maxMs', 'min', 'retry.exponential.maxMs must not be less than firstMs.');
  }
  return { firstMs, factor, maxMs, attempts, jitter };
}
