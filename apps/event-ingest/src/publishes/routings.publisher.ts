import { partitionOf, type Routing, routingsV1 } from '@hookstile/contracts';
import type { OutgoingRecord } from '@hookstile/messaging';

/** The key of routings of records whose tenant nobody can tell. */
const NO_TENANT = '';

/** A record of `routings`: its key is the tenant. */
export function routingRecord(topic: string, partitionCount: number, routing: Routing): OutgoingRecord {
  const tenantId = routing.tenantId ?? NO_TENANT;
  const encoded = routingsV1.encode(tenantId, routing);
  return {
    topic,
    partition: partitionOf(tenantId, partitionCount),
    key: encoded.key,
    headers: encoded.headers,
    value: encoded.value,
  };
}
