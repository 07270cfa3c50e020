import { type IntegrationSignal, integrationSignalsV1 } from '@hookstile/contracts';
import { FakeEventStore } from '@hookstile/event-store';
import { FIXED_NOW, fixedClock, integrationSettings } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { Changes } from '../changes/changes.js';
import { SYSTEM_ORIGIN } from '../changes/origin.js';
import { integrationAggregate } from '../integrations/integration-aggregate.js';
import { RUNS_TOLD_MAX, RUNS_TOLD_WINDOW_MS } from '../operational-events/operational-event.bounds.js';
import { RunNotices } from '../operational-events/run-notices.js';
import { FakeReadModelStore } from '../read-models/read-model.store.fake.js';
import { fakeTenantKeys } from '../tenant-keys/tenant-secrets.fake.js';
import { Signals } from './signals.js';

const TENANT = 'ten_1';
const STARTED_MS = Date.parse(FIXED_NOW);

async function setUp() {
  const events = new FakeEventStore();
  const readModels = new FakeReadModelStore();
  const changes = new Changes(events, readModels, { published: async () => true, waiting: 0 }, 12, fakeTenantKeys());
  const create = (id: string, eventTypes: string[]) =>
    changes.run(SYSTEM_ORIGIN, async (change) => {
      const integration = await change.loadOfAny(integrationAggregate, id);
      const settings = integrationSettings({ eventTypes });
      await integration.execute({ type: 'create', at: FIXED_NOW, tenantId: TENANT, settings, enabled: true });
    });
  await create('int_flapping', ['*']);
  await create('int_pager', ['hookstile.*']);
  let transactions = 0;
  const transaction = events.transaction.bind(events);
  events.transaction = (work) => {
    transactions += 1;
    return transaction(work);
  };
  const logger = { warn: () => {}, info: () => {} };
  const signals = new Signals(changes, readModels, new RunNotices(changes, readModels), fixedClock(), logger);
  return {
    readModels,
    take: (taken: readonly IntegrationSignal[]) => signals.take(taken.map(received)),
    transactions: () => transactions,
    told: () =>
      events.outbox.flatMap(({ record: { topic, headers } }) => (topic === 'events' ? [headers.ce_type] : [])),
  };
}

const signal = (type: IntegrationSignal['type'], sequence: number, laterMs = 0): IntegrationSignal => ({
  type,
  tenantId: TENANT,
  integrationId: 'int_flapping',
  enablement: 1,
  reason: null,
  consecutiveFailures: type === 'recovered' ? 0 : 1,
  sequence,
  at: new Date(STARTED_MS + sequence + laterMs).toISOString(),
  traceparent: null,
});

function received(given: IntegrationSignal) {
  const { key, headers, value } = integrationSignalsV1.encode(given.integrationId, given);
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  const at = { topic: 'integration-signals', partition: 0, offset: given.sequence, timestampMs: STARTED_MS };
  return { ...at, key, headers: bytes, value };
}

/** Failures and recoveries in turn, from a sequence on. */
const flapping = (count: number, from: number) =>
  Array.from({ length: count }, (_, n) => signal(n % 2 === 0 ? 'failing' : 'recovered', from + n));

it('costs no transaction to hear of an integration that fails and recovers more often than is told', async () => {
  const { take, transactions, told, readModels } = await setUp();
  const tellable = 2 * RUNS_TOLD_MAX;
  await take(flapping(500, 1));
  await take(flapping(501, 501));
  expect(told()).toHaveLength(tellable);
  expect(transactions()).toBe(tellable);
  const count = (await readModels.failuresOf(TENANT, ['int_flapping'])).get('int_flapping');
  expect(count).toMatchObject({ sequence: 1_001, consecutiveFailures: 1 });
  await take(flapping(501, 501));
  expect(transactions()).toBe(tellable);
});

it('tells of the next run again when the hour is over', async () => {
  const { take, told } = await setUp();
  await take(flapping(100, 1));
  const before = told().length;
  await take([signal('failing', 101, RUNS_TOLD_WINDOW_MS)]);
  await take([signal('recovered', 102, RUNS_TOLD_WINDOW_MS)]);
  const types = ['hookstile.integration.failing', 'hookstile.integration.recovered'];
  expect(told().slice(before)).toEqual(types);
});
