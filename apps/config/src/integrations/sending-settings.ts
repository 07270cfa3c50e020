import type { Exponential, IntegrationSettings, Ordering, Retry } from '@hookstile/contracts';
import type { InputErrors } from '../input/input-errors.js';
import type { BatchDto, ExponentialDto, OrderingDto, RetryDto } from './sending.dto.js';

const SUBJECT = '/subject';
const CONCURRENCY = 8;
const EXPONENTIAL = { factor: 2, maxMs: 86_400_000, attempts: 10, jitter: 0 };

/** A pointer into the event as CloudEvents JSON: an attribute or an extension, or anything in `data`. */
const KEY_POINTER = /^\/(data(\/([^~/]|~[01])*)*|[a-z0-9]+)$/;

/** What may go at the same time, and what waits for what. */
export function orderingSettings(input: OrderingDto = {}, errors: InputErrors): Ordering {
  const { mode = 'strict', key, maxConcurrency } = input;
  if (key !== undefined && mode !== 'by-key') {
    errors.add('/ordering/key', 'not_applicable', `ordering.key belongs to the mode "by-key", not to "${mode}".`);
  }
  if (key !== undefined && !KEY_POINTER.test(key)) {
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
  input: BatchDto = {},
  ordering: Ordering,
  errors: InputErrors,
): IntegrationSettings['batch'] {
  const { maxItems = 1, maxWaitMs = 0 } = input;
  if (maxItems > 1 && ordering.mode === 'unordered') {
    const detail = 'batch.maxItems must be 1 where ordering.mode is "unordered": each delivery goes out on its own.';
    errors.add('/batch/maxItems', 'not_applicable', detail);
  }
  return { maxItems, maxWaitMs };
}

/** A given list of delays, or growing ones, replaces the other and the profile's. */
export function retrySettings(
  input: RetryDto = {},
  defaults: Extract<Retry, { delaysMs: number[] }>,
  errors: InputErrors,
): Retry {
  const { delaysMs, exponential, ...given } = input;
  const rules = {
    onExhausted: given.onExhausted ?? defaults.onExhausted,
    stopOn: given.stopOn ?? defaults.stopOn,
    disableOn: given.disableOn ?? defaults.disableOn,
    retryAfterMaxMs: given.retryAfterMaxMs ?? defaults.retryAfterMaxMs,
  };
  if (exponential === undefined) return { delaysMs: delaysMs ?? defaults.delaysMs, ...rules };
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
