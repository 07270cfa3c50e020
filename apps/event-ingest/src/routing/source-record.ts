import type { EventVia } from '@hookstile/contracts';
import { traceIdOf } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import type { Reading } from '../accept/accepted-event.js';
import { TENANT_MAX_CHARACTERS } from '../accept/bounds.js';
import { isInstant } from '../accept/instant.js';
import { readKafkaRecord } from '../accept/kafka-event.js';
import { ACCEPTED_AT_HEADER } from '../accept/record-headers.js';
import { bodyHashOf, type InboxEntry, inboxKeyOf } from '../inbox/inbox-entry.js';

/** A record of `events` as the router sees it. */
export interface SourceRecord {
  partition: number;
  offset: number;
  via: EventVia;
  reading: Reading;
  /** Null of a rejected record. */
  inboxEntry: InboxEntry | null;
  /** The tenant, or what a rejected record says it is. */
  tenantId: string | null;
  /** The producer's `traceparent`, or null. */
  parent: string | null;
}

/** Null of a record that a Kafka producer wrote. */
function acceptedByFrontDoorAt(record: ReceivedRecord): string | null {
  const header = record.headers[ACCEPTED_AT_HEADER]?.toString('latin1');
  return header !== undefined && isInstant(header) ? header : null;
}

function writtenAt(record: ReceivedRecord): string {
  return new Date(Math.max(record.timestampMs, 0)).toISOString();
}

function claimedTenantOf(record: ReceivedRecord): string | null {
  const claimed = record.headers.ce_tenantid?.toString('utf8') ?? '';
  return claimed !== '' && claimed.length <= TENANT_MAX_CHARACTERS ? claimed : null;
}

/** The header, else CloudEvents' own extension, which is where its SDKs put it. */
function parentOf(record: ReceivedRecord, reading: Reading): string | null {
  const header = record.headers.traceparent?.toString('latin1');
  if (traceIdOf(header) !== null) return header ?? null;
  const extension = reading.outcome === 'accepted' ? reading.attributes.extensions.traceparent : undefined;
  return typeof extension === 'string' && traceIdOf(extension) !== null ? extension : null;
}

export function sourceRecordOf(record: ReceivedRecord): SourceRecord {
  const { partition, offset } = record;
  const acceptedAt = acceptedByFrontDoorAt(record);
  const via: EventVia = acceptedAt === null ? 'kafka' : 'http';
  const reading = readKafkaRecord(record, { tenantId: null, acceptedAt: acceptedAt ?? writtenAt(record) });
  const parent = parentOf(record, reading);
  if (reading.outcome === 'rejected') {
    return { partition, offset, via, reading, inboxEntry: null, tenantId: claimedTenantOf(record), parent };
  }
  const { attributes, data } = reading;
  const inboxEntry: InboxEntry = {
    key: inboxKeyOf(attributes),
    sourcePartition: partition,
    sourceOffset: offset,
    bodyHash: bodyHashOf(attributes, data),
  };
  return { partition, offset, via, reading, inboxEntry, tenantId: attributes.tenantId, parent };
}
