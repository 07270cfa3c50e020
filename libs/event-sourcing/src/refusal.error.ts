/**
 * A command that the aggregate's state does not allow. `code` is what a client can act on, the message a sentence for
 * its reader. Never retryable: the same command against the same state is refused again.
 */
export class Refusal extends Error {
  readonly retryable = false;
  readonly stage = 'decide';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}
