import type { OperationReference, OperationsByService } from '@hookstile/service-runtime';
import { ACTIVITY_LOG_REFERENCE } from './activity-log/activity-log-reference.js';
import { AUDIT_LOG_REFERENCE } from './audit-log/audit-log-reference.js';
import { DELIVERIES_REFERENCE } from './deliveries/deliveries-reference.js';
import { EVENT_LOG_REFERENCE } from './event-log/event-log-reference.js';
import { EVENTS_REFERENCE } from './events/events-reference.js';
import { RECOVERIES_REFERENCE } from './recover/recoveries-reference.js';
import { REDELIVER_REFERENCE } from './redeliver/redeliver-reference.js';
import { STATS_REFERENCE } from './stats/stats-reference.js';
import { TAIL_REFERENCE } from './tail/tail-reference.js';

/** What the API reference says of audit's operations. */
export const AUDIT_REFERENCE: Record<OperationsByService['audit'], OperationReference> = {
  ...EVENT_LOG_REFERENCE,
  ...TAIL_REFERENCE,
  ...DELIVERIES_REFERENCE,
  ...REDELIVER_REFERENCE,
  ...RECOVERIES_REFERENCE,
  ...EVENTS_REFERENCE,
  ...AUDIT_LOG_REFERENCE,
  ...ACTIVITY_LOG_REFERENCE,
  ...STATS_REFERENCE,
};
