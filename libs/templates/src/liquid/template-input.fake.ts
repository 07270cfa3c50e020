import type { DeliveryEnvelope } from '@hookstile/contracts';
import type { TemplateInput } from './template-names.js';

const envelope: DeliveryEnvelope = {
  deliveryId: 'dlv_1',
  integrationId: 'int_1',
  integrationVersion: 1,
  event: {
    tenantId: 'acme',
    source: '/devices',
    id: 'evt_1',
    type: 'device.compliant',
    subject: '6WXJURV8QAM0I7KC',
    time: '2020-02-26T09:16:34.594Z',
    acceptedAt: '2026-01-02T03:04:05.678Z',
    extensions: { region: 'eu' },
  },
  trigger: 'event',
  sourcePartition: 0,
  sourceOffset: 0,
  routedAt: '2026-01-02T03:04:05.678Z',
  traceparent: null,
};

/** What a template is filled in with, by an event that has everything. */
export function aTemplateInput(data = '{}', event: Partial<DeliveryEnvelope['event']> = {}): TemplateInput {
  return {
    envelope: { ...envelope, event: { ...envelope.event, ...event } },
    data: Buffer.from(data),
    integration: { id: 'int_1', name: 'SIEM' },
  };
}
