import { AttemptError, Trigger } from '@hookstile/contracts';
import { ATTEMPT_OUTCOMES } from '../project/rows.js';
import { httpStatus, instant, literals, oneOf, text } from '../read/filters.js';

/** The filters of the event log's list and of its stream. */
export const EVENT_LOG_FILTERS = {
  integrationId: text,
  eventId: text,
  deliveryId: text,
  eventType: text,
  httpStatus,
  outcome: oneOf(ATTEMPT_OUTCOMES),
  error: oneOf(literals(AttemptError)),
  trigger: oneOf(literals(Trigger)),
  since: instant,
  until: instant,
  q: text,
};
