import { attemptsV1 } from '@hookstile/contracts';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import { type FaultStack, PARTITIONS } from '../stack/fault-stack.ts';
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

const JOURNAL = 'hookstile.attempts';

export interface GatherOptions {
  faults: readonly Fault[];
  /** Clocks of services went wrong by hours. */
  wholeHours: boolean;
}

/** How many deliveries to these integrations audit shows, and how many of them have not ended. */
export async function deliveryCounts(
  stack: FaultStack,
  integrationIds: readonly string[],
): Promise<{ shown: number; pending: number }> {
  const [counts] = await stack.query<{ shown: number; pending: number }>(
    `select count(*)::int as shown, count(*) filter (where status = 'pending')::int as pending
     from audit.deliveries where integration_id = any ($1)`,
    [integrationIds],
  );
  return counts ?? { shown: 0, pending: 0 };
}

/** Reads all that the oracle needs from the receiver, the journal, audit and the dispatcher's rows. */
export async function gatherEvidence(
  stack: FaultStack,
  world: World,
  { faults, wholeHours }: GatherOptions,
): Promise<Evidence> {
  const integrationIds = world.integrations.map(({ id }) => id);
  const timeOf = wholeHours ? withoutWholeHours : Date.parse;
  const [views, { journal, markers }] = await Promise.all([
    viewsOf(stack, world.tenantIds, integrationIds),
    readJournal(stack, new Set(integrationIds), timeOf),
  ]);
  return {
    integrations: world.integrations,
    accepted: world.accepted,
    requests: world.requests,
    changes: world.changes,
    journal,
    markers,
    faults,
    ...views,
  };
}

async function viewsOf(stack: FaultStack, tenantIds: readonly string[], integrationIds: readonly string[]) {
  const rows = <T extends object>(sql: string, ids: readonly string[]): Promise<T[]> => stack.query<T>(sql, [ids]);
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

interface Journal {
  journal: JournalEntry[];
  markers: EpochMarker[];
}

type TimeOf = (at: string) => number;

const HOUR_MS = 3_600_000;

/** A run takes minutes: what is wrong by about an hour is wrong by an hour. */
function withoutWholeHours(at: string): number {
  const atMs = Date.parse(at);
  return atMs - Math.round((atMs - Date.now()) / HOUR_MS) * HOUR_MS;
}

async function readJournal(stack: FaultStack, integrationIds: ReadonlySet<string>, timeOf: TimeOf): Promise<Journal> {
  const messaging = await connectMessaging({ brokers: stack.direct.kafkaBrokers, clientId: 'faults' });
  try {
    const parts = await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => readPartition(messaging, partition, integrationIds, timeOf)),
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
  timeOf: TimeOf,
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
        if (envelope.kind === 'epoch') markers.push({ ...place, epoch: envelope.epoch, atMs: timeOf(envelope.at) });
        if (envelope.kind !== 'attempt' || !integrationIds.has(envelope.integrationId)) continue;
        if (envelope.trigger === 'test') continue;
        const { deliveries, at, enablement = 0, ...rest } = envelope;
        const traceparent = rest.request.headers.find(([name]) => name === 'traceparent')?.[1] ?? '';
        const members = deliveries.map(({ deliveryId }) => deliveryId);
        journal.push({
          ...rest,
          ...place,
          deliveryId: members[0] ?? '',
          members,
          traceparent,
          atMs: timeOf(at),
          enablement,
        });
      }
    },
  });
  return { journal, markers };
}
