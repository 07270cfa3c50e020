/** A template that cannot be filled in for this event. The message quotes no value. */
export class TemplateFailedError extends Error {
  readonly code = 'template_failed';
  /** Only time that ran out can be more another time: the machine may have been busy. */
  readonly retryable: boolean;

  constructor(message: string, options: ErrorOptions & { retryable?: boolean } = {}) {
    super(message, options);
    this.retryable = options.retryable ?? false;
  }
}
