/** `rename` and `omit` that cannot be meant, or that this body cannot be changed by. Messages quote names, no values. */
export class ReshapingError extends Error {
  readonly code = 'reshaping';
  readonly retryable = false;
}
