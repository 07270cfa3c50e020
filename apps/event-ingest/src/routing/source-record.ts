import type { EventVia } from '@hookstile/contracts';
import { traceIdOf } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { EVENT_MAX_BYTES, TENANT_MAX_CHARACTERS } from '../accept/accept.bounds.js';
import type { Reading } from '../accept/accepted-event.js';
import { textError } from '../accept/attributes.js';
import { TENANT_EXTENSION } from '../accept/event-tenant.js';
import { isInstant } from '../accept/instant.js';
import { readKafkaRecord } from '../accept/kafka-event.js';
import { ACCEPTED_AT_HEADER } from '../accept/record-headers.js';
import { rejection } from '../accept/rejection.js';
import { bodyHashOf, type InboxEntry, inboxKeyOf } from '../inbox/inbox-entry.js';

const TENANT_HEADER = `ce_${TENANT_EXTENSION}`;
const LAST_FOUR_DIGIT_YEAR_MS = Date.UTC(9999, 11, 31);

/** A record of `events` as the router sees it. */
export interface SourceRecord {
  partition: number;
  offset: number;
  via: EventVia;
  /** The same whenever it is read. */
  acceptedAt: string;
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

/**
 * A producer chooses its record's timestamp; one that no date shows must not stop the partition. The time of reading
 * would be another one at each replay, and audit keeps its rows by this time: so it is Kafka's first moment.
 */
function writtenAt({ timestampMs }: ReceivedRecord): string {
  const shown = timestampMs >= 0 && timestampMs <= LAST_FOUR_DIGIT_YEAR_MS;
  return new Date(shown ? timestampMs : 0).toISOString();
}

function claimedInValue(value: Buffer | null): unknown {
  if (!value || value.length > EVENT_MAX_BYTES) return null;
  try {
    return (JSON.parse(value.toString('utf8')) as { tenantid?: unknown } | null)?.tenantid;
  } catch {
    return null;
  }
}

/** Whose a rejected record seems to be, so that its tenant can see it. */
function claimedTenantOf(record: ReceivedRecord): string | null {
  const claimed = record.headers[TENANT_HEADER]?.toString('utf8') ?? claimedInValue(record.value);
  return textError(TENANT_EXTENSION, claimed, TENANT_MAX_CHARACTERS) === null ? String(claimed) : null;
}

/** The header, else CloudEvents' own extension, which is where its SDKs put it. */
function parentOf(record: ReceivedRecord, reading: Reading): string | null {
  const header = record.headers.traceparent?.toString('latin1');
  if (traceIdOf(header) !== null) return header ?? null;
  const extension = reading.outcome === 'accepted' ? reading.attributes.extensions.traceparent : undefined;
  return typeof extension === 'string' && traceIdOf(extension) !== null ? extension : null;
}

/** One record that our own code fails on must not stop the events of all tenants: it ends as rejected, and is seen. */
function readingOf(record: ReceivedRecord, acceptedAt: string): Reading {
  try {
    return readKafkaRecord(record, { tenantId: null, acceptedAt });
  } catch {
    return rejection('malformed', 'The record cannot be read.');
  }
}

export function sourceRecordOf(record: ReceivedRecord): SourceRecord {
  const { partition, offset } = record;
  const byFrontDoor = acceptedByFrontDoorAt(record);
  const via: EventVia = byFrontDoor === null ? 'kafka' : 'http';
  const acceptedAt = byFrontDoor ?? writtenAt(record);
  const reading = readingOf(record, acceptedAt);
  const parent = parentOf(record, reading);
  if (reading.outcome === 'rejected') {
    const tenantId = reading.attributes?.tenantId ?? claimedTenantOf(record);
    return { partition, offset, via, acceptedAt, reading, inboxEntry: null, tenantId, parent };
  }
  const { attributes, data } = reading;
  const inboxEntry: InboxEntry = {
    key: inboxKeyOf(attributes),
    sourcePartition: partition,
    sourceOffset: offset,
    bodyHash: bodyHashOf(attributes, data),
  };
  return { partition, offset, via, acceptedAt, reading, inboxEntry, tenantId: attributes.tenantId, parent };
}
