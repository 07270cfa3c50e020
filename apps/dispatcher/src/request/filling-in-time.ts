import { workedMs } from '@hookstile/templates';
import { RequestUnbuildableError } from './request-unbuildable.error.js';

/**
 * Bounds what several templates of one push do together: nothing else runs meanwhile, not even a lease's renewal.
 * What is given back is called before each, and throws `RequestUnbuildableError` once they took too long.
 * @param what as it stands in the sentence: "The templates of …"
 */
export function fillingInTimeLimit(what: string, maxMs: number): () => void {
  const beganAt = workedMs();
  return () => {
    if (workedMs() - beganAt <= maxMs) return;
    const message = `The templates of ${what} take longer than ${maxMs} ms to be filled in.`;
    throw new RequestUnbuildableError(message, { retryable: true });
  };
}
