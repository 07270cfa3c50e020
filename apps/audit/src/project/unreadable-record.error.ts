/** A record that matches its contract and still cannot become a row. It is recorded as unreadable, never retried. */
export class UnreadableRecordError extends Error {
  readonly code = 'unreadable_record';
  readonly retryable = false;
}
