import type { AttemptError } from '@hookstile/contracts';

/** A connection that the egress guard, the name's resolution or the egress proxy did not let come about. */
export class EgressError extends Error {
  readonly code = 'egress';

  /** @param message a sentence for the tenant's event log: nothing of the platform's network stands in it */
  constructor(
    readonly attemptError: Extract<AttemptError, 'blocked_address' | 'dns' | 'connect' | 'timeout'>,
    message: string,
  ) {
    super(message);
  }
}

export function blocked(message: string): EgressError {
  return new EgressError('blocked_address', message);
}
