/** How a token request ended: `refused` by a status, `invalid` where what came is no token, `unreachable` without an answer. */
export type TokenOutcome = 'issued' | 'refused' | 'invalid' | 'unreachable';

/** Why no token was issued, in words an admin understands; never holds a secret. */
export class TokenRequestError extends Error {
  readonly code = 'oauth_token';
  readonly retryable = true;

  constructor(
    readonly outcome: Exclude<TokenOutcome, 'issued'>,
    message: string,
  ) {
    super(message);
  }
}
