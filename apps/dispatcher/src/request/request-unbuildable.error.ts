/** A request that the integration's settings, with this event, do not allow to be built. */
export class RequestUnbuildableError extends Error {
  readonly code = 'request_unbuildable';
  /** Trying again cannot help, unless it was time that ran out, or a key that may come. */
  readonly retryable: boolean;

  constructor(message: string, options: ErrorOptions & { retryable?: boolean } = {}) {
    super(message, options);
    this.retryable = options.retryable ?? false;
  }
}
