import { deliveriesV1, type Redelivery } from '@hookstile/contracts';
import { FakeMessaging } from '@hookstile/messaging';
import { aDelivery, anIntegration, FIXED_NOW, fixedClock } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { DELIVERY_STATUSES, type DeliveryRow } from '../project/rows.js';
import { REDELIVERIES_UNDER_WAY_MAX } from './redeliver.bounds.js';
import { Redeliver } from './redeliver.js';
import { RoutedDeliveries } from './routed-deliveries.js';

const delivery = aDelivery({ event: { tenantId: 'ten_1' }, data: '{ "n": 1.0 }' });
const { deliveryId, integrationId, event } = delivery.envelope;
const OFFSET = 2;
const origin = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: 'req_1' } as const;

const row = (given: Partial<DeliveryRow> = {}): DeliveryRow => ({
  ...{ deliveryId, integrationId, tenantId: 'ten_1' },
  ...{ eventId: event.id, eventSource: event.source, eventType: event.type },
  ...{ acceptedAtMs: 0, status: 'failed', reason: 'timeout', nextAttemptAtMs: null, finishedAtMs: 0 },
  ...{ deliveryOffset: OFFSET, epoch: 1, sequence: 1, firstOffset: OFFSET, ...given },
});

describe('redelivering', () => {
  let messaging: FakeMessaging;
  let written: Redelivery[];
  let known: DeliveryRow | null;
  let integration: ReturnType<typeof anIntegration> | undefined;
  let atBarrier: () => Promise<void>;
  let redeliver: Redeliver;

  beforeEach(() => {
    messaging = new FakeMessaging({ partitions: 1 });
    for (const one of [aDelivery({ event: { id: 'a' } }), aDelivery({ event: { id: 'b' } }), delivery]) {
      messaging.append({ topic: 'deliveries', partition: 0, ...deliveriesV1.encode(integrationId, one) });
    }
    written = [];
    known = row();
    integration = anIntegration({ id: integrationId, tenantId: 'ten_1' });
    atBarrier = async () => {};
    redeliver = new Redeliver({
      deliveries: { find: async (tenantId) => (known?.tenantId === tenantId ? known : null) },
      configuration: { integration: () => integration, catchUp: () => atBarrier() },
      routed: new RoutedDeliveries(messaging.reader(), 'deliveries'),
      publisher: { publish: async (redelivery) => void written.push(redelivery) },
      partitionCount: 1,
      clock: fixedClock(),
    });
  });

  const ask = (tenantId = 'ten_1') => redeliver.request({ tenantId, deliveryId, origin, traceparent: null });

  it('records the event as it was routed, byte for byte, who asked, and what had ended', async () => {
    await ask();
    expect(written).toEqual([
      {
        envelope: {
          ...{ deliveryId, integrationId, event, ...origin, traceparent: null, requestedAt: FIXED_NOW },
          ...{ endedOffset: OFFSET, endedStatus: 'failed', endedReason: 'timeout' },
        },
        bytes: delivery.bytes,
      },
    ]);
  });

  it.each(DELIVERY_STATUSES.map((status) => [status, ['delivered', 'failed', 'discarded'].includes(status)] as const))(
    'of a delivery that is %s: %s',
    async (status, allowed) => {
      known = row({ status });
      if (allowed) await ask();
      else await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
      expect(written).toHaveLength(allowed ? 1 : 0);
    },
  );

  it('knows no delivery of another tenant', async () => {
    await expect(ask('ten_2')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses one that only a replay names, which was never handed out', async () => {
    known = row({ status: 'discarded', reason: 'replayed', deliveryOffset: -2 });
    await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('refuses while its integration is disabled, by what is known behind the barrier, and after it was deleted', async () => {
    const enabled = integration;
    atBarrier = async () => {
      integration = anIntegration({ id: integrationId, tenantId: 'ten_1', state: 'disabled' });
    };
    await expect(ask()).rejects.toMatchObject({ code: 'integration_disabled' });
    atBarrier = async () => {
      integration = enabled && { ...enabled, deleted: true };
    };
    await expect(ask()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('says so where the topic does not hold the event any more, or holds another in its place', async () => {
    for (const deliveryOffset of [1, 9]) {
      known = row({ deliveryOffset });
      await expect(ask()).rejects.toMatchObject({ code: 'event_expired' });
    }
  });

  it('does not take an empty answer of the broker for an event that is gone', async () => {
    known = row({ deliveryOffset: 3 });
    await expect(ask()).rejects.toMatchObject({ retryable: true });
  });

  it('takes no more at once than its bound, and takes again when some are done', async () => {
    const barrier = Promise.withResolvers<void>();
    atBarrier = () => barrier.promise;
    const asked = Array.from({ length: REDELIVERIES_UNDER_WAY_MAX }, () => ask());
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' });
    barrier.resolve();
    await Promise.all(asked);
    await ask();
    expect(written).toHaveLength(REDELIVERIES_UNDER_WAY_MAX + 1);
  });
});
