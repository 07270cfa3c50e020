import { OPERATIONAL_SOURCE, type OperationalEventType, partitionOf } from '@hookstile/contracts';
import type { OutboxRecord } from '@hookstile/event-store';

/** What config tells a tenant of itself, as an event. */
export interface OperationalEvent {
  tenantId: string;
  type: OperationalEventType;
  /** A pure function of what it tells: written again, it is a duplicate. */
  id: string;
  /** What it is about; the router never sends it there. */
  subject: string;
  at: string;
  data: unknown;
}

/** A CloudEvent in binary mode in the topic `events`, as platform producers write them; a tenant's stand in one partition. */
export function operationalEventRecord(event: OperationalEvent, partitionCount: number): OutboxRecord {
  const { tenantId, type, id, subject, at, data } = event;
  return {
    topic: 'events',
    partition: partitionOf(tenantId, partitionCount),
    key: tenantId,
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: OPERATIONAL_SOURCE,
      ce_type: type,
      ce_subject: subject,
      ce_time: at,
      ce_tenantid: tenantId,
      'content-type': 'application/json',
    },
    value: Buffer.from(JSON.stringify(data)),
  };
}
