import { partitionOf } from '@hookstile/contracts';
import { connectMessaging } from '@hookstile/messaging';
import type { ApiClient } from './api-client.ts';
import { DEMO_EVENT_TYPE, DEMO_TENANT } from './demo-setup.ts';

const SOURCE = '/demo';
const CLOSE_TIMEOUT_MS = 5_000;

/** Numbers `from`…`to` by HTTP, one after the other: each 202 means that the event is durable. */
export async function sendByHttp(api: ApiClient, run: string, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    await api.expect('POST', '/v1/events', {
      id: `${run}-${n}`,
      source: SOURCE,
      type: DEMO_EVENT_TYPE,
      subject: `order-${n}`,
      data: { run, n, via: 'http' },
    });
  }
}

/** The same straight to Kafka, as a platform's own producers do: CloudEvents in binary mode. */
export async function sendByKafka(
  target: { brokers: string[]; topic: string; partitions: number },
  run: string,
  from: number,
  to: number,
): Promise<void> {
  const messaging = await connectMessaging({ brokers: target.brokers, clientId: 'hookstile-demo' });
  try {
    const publisher = await messaging.publisher({ name: 'demo' });
    const records = Array.from({ length: to - from + 1 }, (_, index) => {
      const n = from + index;
      return {
        topic: target.topic,
        // The front door writes a tenant's events to this partition too: one order for both ways in.
        partition: partitionOf(DEMO_TENANT, target.partitions),
        key: DEMO_TENANT,
        headers: {
          ce_specversion: '1.0',
          ce_id: `${run}-${n}`,
          ce_source: SOURCE,
          ce_type: DEMO_EVENT_TYPE,
          ce_subject: `order-${n}`,
          ce_tenantid: DEMO_TENANT,
          'content-type': 'application/json',
        },
        value: Buffer.from(JSON.stringify({ run, n, via: 'kafka' })),
      };
    });
    await publisher.publish(records);
    await publisher.close(CLOSE_TIMEOUT_MS);
  } finally {
    await messaging.close();
  }
}
