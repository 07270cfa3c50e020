export type MessagingErrorCode =
  | 'publisher_full'
  | 'publisher_closed'
  | 'record_too_large'
  | 'partition_count_differs'
  | 'offset_out_of_range'
  | 'broker_unavailable';

/** A failure of the messaging port; `retryable` says whether the same call may succeed later. */
export class MessagingError extends Error {
  constructor(
    readonly code: MessagingErrorCode,
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
