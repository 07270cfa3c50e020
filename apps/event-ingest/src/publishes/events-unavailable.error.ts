/** Kafka did not acknowledge in time; nothing is promised of the events, and sending them again is right. */
export class EventsUnavailableError extends Error {
  readonly code = 'events_unavailable';
  readonly retryable = true;

  constructor() {
    super('the topic events does not acknowledge writes at present');
  }
}
