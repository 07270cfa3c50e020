import { operationsOf, PRODUCERS } from './operation.js';

/** A new route adds its line here and names its id by `@Operation`; tests compare both, and what the gateway makes of the path. */
export const EVENT_INGEST_OPERATIONS = operationsOf('event-ingest', {
  'events.emit': {
    method: 'POST',
    path: '/v1/events',
    access: PRODUCERS,
    summary: 'Send an event, or a batch of them',
  },
});
