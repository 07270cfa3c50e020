import {
  type DeliveryEnvelope,
  deliveryIdOf,
  type EventTypeConfiguration,
  type IntegrationConfiguration,
} from '@hookstile/contracts';
import type { DeliveryToSend } from '../request/delivery-to-send.types.js';
import { sampleDataOf, sampleTypeOf } from './sample-event.js';

const TRIAL_SOURCE = 'hookstile:/test';
const TRIAL_SUBJECT = 'hookstile-test';

export interface TrialOf {
  integration: IntegrationConfiguration;
  /** As the caller wants it, or null. */
  eventType: string | null;
  /** A tenant's event type, by its name. */
  typeOf(type: string): EventTypeConfiguration | undefined;
  /** New with each trial, and with it the `webhook-id`. */
  eventId: string;
  nowMs: number;
}

/** The delivery that a trial sends. It stands in no topic; nobody but the receiver ever sees it. */
export function trialDeliveryOf({ integration, eventType, typeOf, eventId, nowMs }: TrialOf): DeliveryToSend {
  const { id: integrationId, tenantId, version: integrationVersion } = integration;
  const type = eventType ?? sampleTypeOf(integration);
  const known = typeOf(type);
  const example = known?.deleted === false ? known.example : undefined;
  const at = new Date(nowMs).toISOString();
  const envelope: DeliveryEnvelope = {
    deliveryId: deliveryIdOf(tenantId, TRIAL_SOURCE, eventId, integrationId),
    integrationId,
    integrationVersion,
    event: {
      tenantId,
      source: TRIAL_SOURCE,
      id: eventId,
      type,
      subject: TRIAL_SUBJECT,
      time: at,
      acceptedAt: at,
      extensions: {},
    },
    trigger: 'test',
    sourcePartition: 0,
    sourceOffset: 0,
    routedAt: at,
    traceparent: null,
  };
  const data = example === undefined ? sampleDataOf(integration, type) : example;
  return { envelope, data: Buffer.from(JSON.stringify(data)) };
}
