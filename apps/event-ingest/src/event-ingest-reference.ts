import type { OperationReference, OperationsByService } from '@hookstile/service-runtime';
import { EVENTS_REFERENCE } from './accept/events-reference.js';

/** What the API reference says of event-ingest's operations. */
export const EVENT_INGEST_REFERENCE: Record<OperationsByService['event-ingest'], OperationReference> = {
  ...EVENTS_REFERENCE,
};
