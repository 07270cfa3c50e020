/** The environment does not allow a start. The message names variables and expectations, never values. */
export class EnvError extends Error {
  readonly code = 'environment_invalid';
  readonly retryable = false;

  constructor(readonly problems: readonly string[]) {
    super(`the environment is not usable: ${problems.join('; ')}`);
  }
}
