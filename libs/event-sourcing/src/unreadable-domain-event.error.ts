export type UnreadableDomainEventCode = 'unknown_domain_event' | 'newer_domain_event';

/** A stored domain event that this release cannot read. To guess at it would build a state that never was. */
export class UnreadableDomainEventError extends Error {
  readonly retryable = false;
  readonly stage = 'load';

  constructor(
    readonly code: UnreadableDomainEventCode,
    message: string,
  ) {
    super(message);
    this.name = 'UnreadableDomainEventError';
  }
}
