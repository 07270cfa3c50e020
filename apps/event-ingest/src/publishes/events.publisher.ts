import { type EventAttributes, partitionOf } from '@hookstile/contracts';
import type { OutgoingRecord, RecordPublisher } from '@hookstile/messaging';
import { within } from '@hookstile/service-runtime';
import { type AcceptedEvent } from '../accept/accepted-event.js';
import { ACCEPTED_AT_HEADER } from '../accept/record-headers.js';
import { EventsUnavailableError } from './events-unavailable.error.js';

/** A producer is answered within this; what was not acknowledged by then may still be written, and says so by its id. */
export const ACK_TIMEOUT_MS = 10_000;

/** What waits may keep a body up to this size in memory whole. */
const SHARED_BODY_MAX_BYTES = 64 * 1024;

/**
 * An event's data is a slice of its request's body, which it would keep in memory for as long as it waits: a small event
 * among many that were refused, or in much white space, 4 MiB that no bound of the queue sees.
 */
function detached(data: Buffer): Buffer {
  return data.buffer.byteLength > Math.max(2 * data.length, SHARED_BODY_MAX_BYTES) ? Buffer.from(data) : data;
}

export interface EventsPublisherOptions {
  publisher: RecordPublisher;
  topic: string;
  partitionCount: number;
}

function headersOf(attributes: EventAttributes, traceparent: string): Record<string, string> {
  const { extensions } = attributes;
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: attributes.id,
    ce_source: attributes.source,
    ce_type: attributes.type,
    ce_tenantid: attributes.tenantId,
    traceparent,
    [ACCEPTED_AT_HEADER]: attributes.acceptedAt,
  };
  if (attributes.subject !== null) headers.ce_subject = attributes.subject;
  if (attributes.time !== null) headers.ce_time = attributes.time;
  for (const name in extensions) headers[`ce_${name}`] = String(extensions[name]);
  headers['content-type'] = String(extensions.datacontenttype ?? 'application/json');
  return headers;
}

/** Writes accepted events as CloudEvents in binary mode: the same form that platform producers write. */
export class EventsPublisher {
  constructor(private readonly options: EventsPublisherOptions) {}

  /**
   * Resolves once all in-sync replicas have every event.
   * Rejects with retryable errors only: while Kafka does not answer, when the queue is full, or after ACK_TIMEOUT_MS.
   */
  async publish(events: readonly AcceptedEvent[], traceparent: string): Promise<void> {
    this.refuseWhileAway();
    const { publisher } = this.options;
    const acknowledged = publisher.publish(events.map((event) => this.recordOf(event, traceparent)));
    await within(acknowledged, ACK_TIMEOUT_MS, () => new EventsUnavailableError());
  }

  /** While Kafka refuses what waits, or does not answer it, a new event would only wait behind; so it is not even read. */
  refuseWhileAway(): void {
    const { publisher } = this.options;
    if (publisher.healthy === false && publisher.pending > 0) throw new EventsUnavailableError();
  }

  /** One partition a tenant, so that a tenant's events keep the order in which they were accepted. */
  private recordOf({ attributes, data }: AcceptedEvent, traceparent: string): OutgoingRecord {
    const { topic, partitionCount } = this.options;
    return {
      topic,
      partition: partitionOf(attributes.tenantId, partitionCount),
      key: attributes.tenantId,
      headers: headersOf(attributes, traceparent),
      value: detached(data),
    };
  }
}
