import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttemptRecord,
  attemptIdOf,
  attemptsV1,
  type DeliveryEnvelope,
  deliveriesV1,
  deliveryIdOf,
  partitionOf,
} from '@hookstile/contracts';
import { connectMessaging, type OutgoingRecord } from '@hookstile/messaging';
import type { JournalCommand, JournalPlan, JournalReport } from './journal.types.ts';

/** The default of `HOOKSTILE_PARTITIONS`. */
const PARTITIONS = 12;
const TICK_MS = 50;
/** Attempts of one call of the publisher. */
const PIECE_MAX = 500;
const CLOSE_TIMEOUT_MS = 5_000;
const SOURCE = 'bench';
const FAILED_SHARE = 0.05;
const EPOCH = 1;
const TYPES = 20;

const report = (message: JournalReport): void => {
  process.send?.(message);
};

/** As the router and the dispatcher would have written them: a delivery, and the one attempt at it. */
class Journal {
  readonly #body: Buffer;
  readonly #headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['user-agent', 'Hookstile/0.1.0'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ];
  readonly #sequences = new Map<string, number>();
  readonly #plan: JournalPlan;

  constructor(plan: JournalPlan) {
    this.#plan = plan;
    this.#body = Buffer.from(JSON.stringify({ type: 'bench', data: 'x'.repeat(plan.bodyBytes) }));
  }

  *recordsOf(n: number): Generator<OutgoingRecord> {
    const { tenants, integrationsOfATenant } = this.#plan;
    const tenantId = `bench-${n % tenants}`;
    const integrationId = `int_bench${n % (tenants * integrationsOfATenant)}`;
    const partition = partitionOf(integrationId, PARTITIONS);
    const at = new Date().toISOString();
    const delivery = this.#delivery(n, tenantId, integrationId, at);
    yield {
      ...deliveriesV1.encode(integrationId, { envelope: delivery, bytes: this.#body }),
      topic: 'hookstile.deliveries',
      partition,
    };
    const envelope = this.#attempt(n, delivery, at);
    const bytes = Buffer.concat([this.#body, Buffer.from('ok')]);
    yield { ...attemptsV1.encode(integrationId, { envelope, bytes }), topic: 'hookstile.attempts', partition };
  }

  #delivery(n: number, tenantId: string, integrationId: string, at: string): DeliveryEnvelope {
    const id = `evt-${n}`;
    const type = `bench.${n % TYPES}`;
    return {
      deliveryId: deliveryIdOf(tenantId, SOURCE, id, integrationId),
      integrationId,
      integrationVersion: 1,
      event: { tenantId, source: SOURCE, id, type, subject: null, time: null, acceptedAt: at, extensions: {} },
      trigger: 'event',
      sourcePartition: 0,
      sourceOffset: n,
      routedAt: at,
      traceparent: null,
    };
  }

  #attempt(n: number, { deliveryId, integrationId, event }: DeliveryEnvelope, at: string): AttemptRecord {
    const hasFailed = (n * FAILED_SHARE) % 1 < FAILED_SHARE;
    const sequence = (this.#sequences.get(integrationId) ?? 0) + 1;
    this.#sequences.set(integrationId, sequence);
    return {
      kind: 'attempt',
      tenantId: event.tenantId,
      integrationId,
      epoch: EPOCH,
      sequence,
      at,
      deliveries: [
        {
          deliveryId,
          eventId: event.id,
          eventSource: event.source,
          eventType: event.type,
          sourcePartition: 0,
          sourceOffset: n,
          offset: n,
          acceptedAt: at,
        },
      ],
      attemptId: attemptIdOf(deliveryId, EPOCH, 1),
      attempt: 1,
      trigger: 'event',
      durationMs: 5 + (n % 200),
      outcome: hasFailed ? 'failed' : 'succeeded',
      push: hasFailed ? 'failed' : 'delivered',
      consecutiveFailures: hasFailed ? 1 : 0,
      httpStatus: hasFailed ? 503 : 200,
      error: hasFailed ? 'http_status' : null,
      errorDetail: hasFailed ? 'HTTP 503' : null,
      nextAttemptAt: null,
      traceId: '0af7651916cd43dd8448eb211c80319c',
      request: { method: 'POST', url: 'https://example.com/hook', headers: this.#headers, truncated: false },
      response: { headers: [['content-type', 'text/plain']], truncated: false },
      requestBytes: this.#body.length,
      responseBytes: 2,
    };
  }
}

/** Writes at its rate; what it could not write in time follows in pieces, for the broker as for whoever counts it. */
async function write(plan: JournalPlan): Promise<void> {
  const messaging = await connectMessaging({ brokers: plan.brokers, clientId: 'bench-journal' });
  const publisher = await messaging.publisher({ name: 'journal' });
  const journal = new Journal(plan);
  const startedAt = performance.now();
  let written = 0;
  const total = plan.ratePerSecond * plan.seconds;
  while (written < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * plan.ratePerSecond));
    const next = Math.min(due, written + PIECE_MAX);
    const records: OutgoingRecord[] = [];
    for (let n = written; n < next; n += 1) records.push(...journal.recordsOf(n));
    if (records.length > 0) await publisher.publish(records);
    written = next;
    report({ kind: 'progress', attempts: written });
    if (next === due) await sleep(TICK_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await publisher.close(CLOSE_TIMEOUT_MS);
  await messaging.close();
  report({ kind: 'written', attempts: written, seconds });
}

process.on('message', ({ plan }: JournalCommand) => {
  write(plan).catch((error: unknown) => report({ kind: 'failed', reason: String(error) }));
});
process.on('disconnect', () => process.exit(0));
