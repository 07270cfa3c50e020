/** Why a sealed secret could not be opened, or a ring not be read; never holds a key or a secret. */
export class KeyRingError extends Error {
  readonly retryable = false;

  constructor(
    readonly code: 'key_ring_invalid' | 'key_unknown' | 'secret_unreadable',
    message: string,
  ) {
    super(message);
  }
}
