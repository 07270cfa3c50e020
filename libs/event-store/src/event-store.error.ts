export type EventStoreErrorCode = 'version_conflict' | 'busy';

/** A write that did not happen; `busy` may succeed when it is tried again. */
export class EventStoreError extends Error {
  readonly stage = 'append';
  readonly retryable: boolean;

  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'EventStoreError';
    this.retryable = code === 'busy';
  }
}
