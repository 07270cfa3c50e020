/** What comes for one request is more than any answer takes. */
export class ResponseTooLongError extends Error {
  readonly code = 'response_too_long';

  constructor(maxBytes: number) {
    super(`The answer takes more than ${maxBytes} bytes`);
  }
}
