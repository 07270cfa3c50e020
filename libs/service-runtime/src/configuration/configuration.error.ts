export type ConfigurationErrorCode = 'configuration_unreadable' | 'configuration_not_started';

/** The configuration cannot be followed; nothing may be routed or sent under what is known of it. */
export class ConfigurationError extends Error {
  constructor(
    readonly code: ConfigurationErrorCode,
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}
