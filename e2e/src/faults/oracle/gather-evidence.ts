import { attemptsV1 } from '@hookstile/contracts';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import pg from 'pg';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { World } from '../world/world.ts';
import type {
  AttemptView,
  DeliveryView,
  EpochMarker,
  EventView,
  Evidence,
  Fault,
  JournalEntry,
  StoredRun,
} from './evidence.types.ts';

const PARTITIONS = 12;
const JOURNAL = 'hookstile.attempts';

/** How many deliveries of these tenants audit shows, and how many of them have not ended. */
export async function deliveryCounts(
  stack: FaultStack,
  tenantIds: readonly string[],
): Promise<{ shown: number; pending: number }> {
  return withDatabase(stack, async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as shown, count(*) filter (where status = 'pending')::int as pending
       from audit.deliveries where tenant_id = any ($1)`,
      [tenantIds],
    );
    return rows[0] as { shown: number; pending: number };
  });
}

/** Reads all that the oracle needs from the receiver, the journal, audit and the dispatcher's rows. */
export async function gatherEvidence(stack: FaultStack, world: World, faults: readonly Fault[]): Promise<Evidence> {
  const integrationIds = world.integrations.map(({ id }) => id);
  const [views, { journal, markers }] = await Promise.all([
    withDatabase(stack, (client) => viewsOf(client, world.tenantIds, integrationIds)),
    readJournal(stack, new Set(integrationIds)),
  ]);
  return {
    integrations: world.integrations,
    accepted: world.accepted,
    requests: world.requests,
    journal,
    markers,
    faults,
    ...views,
  };
}

async function viewsOf(client: pg.Client, tenantIds: readonly string[], integrationIds: readonly string[]) {
  const rows = async <T>(sql: string, ids: readonly string[]): Promise<T[]> => (await client.query(sql, [ids])).rows;
  return {
    deliveries: await rows<DeliveryView>(
      `select delivery_id as id, integration_id as "integrationId", event_id as "eventId", status
       from audit.deliveries where tenant_id = any ($1)`,
      tenantIds,
    ),
    attempts: await rows<AttemptView>(
      `select delivery_id as "deliveryId", epoch, attempt, late from audit.attempts where tenant_id = any ($1)`,
      tenantIds,
    ),
    events: await rows<EventView>(
      `select tenant_id as "tenantId", event_id as "eventId", outcome from audit.events where tenant_id = any ($1)`,
      tenantIds,
    ),
    runs: await rows<StoredRun>(
      `select integration_id as "integrationId", enablement::int, consecutive_failures as "consecutiveFailures", stopped
       from dispatcher.failure_run where integration_id = any ($1)`,
      integrationIds,
    ),
  };
}

async function withDatabase<T>(stack: FaultStack, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: stack.direct.databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

interface Journal {
  journal: JournalEntry[];
  markers: EpochMarker[];
}

async function readJournal(stack: FaultStack, integrationIds: ReadonlySet<string>): Promise<Journal> {
  const messaging = await connectMessaging({ brokers: stack.direct.kafkaBrokers, clientId: 'faults' });
  try {
    const parts = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => readPartition(messaging, partition, integrationIds)),
    );
    return { journal: parts.flatMap(({ journal }) => journal), markers: parts.flatMap(({ markers }) => markers) };
  } finally {
    await messaging.close();
  }
}

async function readPartition(
  messaging: Messaging,
  partition: number,
  integrationIds: ReadonlySet<string>,
): Promise<Journal> {
  const journal: JournalEntry[] = [];
  const markers: EpochMarker[] = [];
  const to = await messaging.endOffset({ topic: JOURNAL, partition });
  await messaging.readRange({
    topic: JOURNAL,
    partition,
    from: 0,
    to,
    onRecords: (records) => {
      for (const record of records) {
        const decoded = attemptsV1.decode(record);
        if (decoded.outcome !== 'decoded') throw new Error(`journal ${partition}/${record.offset}: ${decoded.outcome}`);
        const { envelope } = decoded.value;
        const place = { partition, offset: record.offset };
        if (envelope.kind === 'epoch') markers.push({ ...place, epoch: envelope.epoch, atMs: Date.parse(envelope.at) });
        if (envelope.kind !== 'attempt' || !integrationIds.has(envelope.integrationId)) continue;
        const { deliveries, at, enablement = 0, ...rest } = envelope;
        const deliveryId = deliveries[0]?.deliveryId ?? '';
        journal.push({ ...rest, ...place, deliveryId, atMs: Date.parse(at), enablement });
      }
    },
  });
  return { journal, markers };
}
