import { type Delivery, deliveriesV1, deliveryIdOf, partitionOf } from '@hookstile/contracts';
import { connectMessaging, type RecordPublisher } from '@hookstile/messaging';
import type { SeedCommand, SeedPlan, SeedReport } from './seed.types.ts';

const TOPIC = 'hookstile.deliveries';
/** The default of `HOOKSTILE_PARTITIONS`. */
const PARTITIONS = 12;
const BATCH_RECORDS = 2_000;
const CLOSE_TIMEOUT_MS = 5_000;
const SOURCE = 'bench';

const report = (message: SeedReport): void => {
  process.send?.(message);
};

/** As the router would have made it of the n-th event. */
function deliveryOf(plan: SeedPlan, n: number, padding: string, at: string): Delivery {
  const { tenantId, integrationIds, run, firstSourceOffset } = plan;
  const integration = n % integrationIds.length;
  const integrationId = integrationIds[integration] ?? '';
  const number = Math.floor(n / integrationIds.length);
  const id = `${run}-${integration}-${number}`;
  return {
    envelope: {
      deliveryId: deliveryIdOf(tenantId, SOURCE, id, integrationId),
      integrationId,
      integrationVersion: 1,
      event: {
        tenantId,
        source: SOURCE,
        id,
        type: `bench.${integration}`,
        subject: null,
        time: null,
        acceptedAt: at,
        extensions: {},
      },
      trigger: 'event',
      sourcePartition: 0,
      sourceOffset: firstSourceOffset + n,
      routedAt: at,
      traceparent: null,
    },
    bytes: Buffer.from(`{"r":${run},"s":${integration},"n":${number},"text":"${padding}"}`),
  };
}

async function publishAll(publisher: RecordPublisher, plan: SeedPlan): Promise<void> {
  const padding = 'x'.repeat(plan.dataBytes);
  const at = new Date().toISOString();
  for (let from = 0; from < plan.deliveries; from += BATCH_RECORDS) {
    const count = Math.min(BATCH_RECORDS, plan.deliveries - from);
    const records = Array.from({ length: count }, (_, i) => {
      const delivery = deliveryOf(plan, from + i, padding, at);
      const { integrationId } = delivery.envelope;
      const partition = partitionOf(integrationId, PARTITIONS);
      return { ...deliveriesV1.encode(integrationId, delivery), topic: TOPIC, partition };
    });
    await publisher.publish(records);
  }
}

/** Writes deliveries into the topic as the router would. */
async function seed(plan: SeedPlan): Promise<void> {
  const messaging = await connectMessaging({ brokers: plan.brokers, clientId: 'bench-seed' });
  const publisher = await messaging.publisher({ name: 'deliveries' });
  await publishAll(publisher, plan);
  await publisher.close(CLOSE_TIMEOUT_MS);
  await messaging.close();
}

process.on('message', async ({ plan }: SeedCommand) => {
  try {
    await seed(plan);
    report({ kind: 'seeded' });
  } catch (error) {
    report({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
