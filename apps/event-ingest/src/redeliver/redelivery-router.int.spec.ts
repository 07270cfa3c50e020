import type { Messaging, RecordPublisher } from '@hookstile/messaging';
import { aDelivery, FIXED_NOW, randomSuffix, until } from '@hookstile/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IngestUnderTest } from '../ingest-under-test.js';

const TIMEOUT_MS = 30_000;
const TEST_TIMEOUT_MS = 60_000;
const CONTRACT_HEADER = 'hookstile-contract';
const ROUTER = { HOOKSTILE_INGEST_ROLES: 'router' };

let ingest: IngestUnderTest;

beforeEach(async () => {
  ingest = await IngestUnderTest.create();
});

afterEach(() => ingest.destroy());

/** Redeliveries of a tenant of the test's own, named by the ending that they repeat. */
function aRedeliverer() {
  const tenantId = `ten_${randomSuffix()}`;
  const { envelope, bytes } = aDelivery({ event: { tenantId }, integrationId: `int_${randomSuffix()}` });
  const { deliveryId, integrationId, event } = envelope;
  const actor = { type: 'platform', id: null, name: null, role: null } as const;
  const rest = { requestedAt: FIXED_NOW, actor, requestId: null, traceparent: null };
  const ask = (endedOffset: number, headers: Record<string, string> = {}) => {
    const ended = { endedOffset, endedStatus: 'failed', endedReason: null } as const;
    return ingest.askAgain({ envelope: { deliveryId, integrationId, event, ...ended, ...rest }, bytes }, headers);
  };
  const written = () => ingest.deliveriesOf(tenantId).length;
  const untilWritten = (count: number) =>
    until(() => written() >= count, { what: `${count} redeliveries`, timeoutMs: TIMEOUT_MS });
  return { tenantId, ask, written, untilWritten };
}

/** Messaging whose writes of redeliveries arrive and are never acknowledged, as to a process that dies meanwhile. */
function unacknowledged(): Messaging {
  const dead = async (publisher: RecordPublisher): Promise<RecordPublisher> => ({
    publish: async (records) => {
      await publisher.publish(records);
      return new Promise(() => {});
    },
    close: (timeoutMs) => publisher.close(timeoutMs),
    get pending() {
      return publisher.pending;
    },
    get healthy() {
      return publisher.healthy;
    },
  });
  return {
    ...ingest.messaging,
    publisher: async (options) => {
      const publisher = await ingest.messaging.publisher(options);
      return options.name === 'redelivered' ? dead(publisher) : publisher;
    },
  };
}

test(
  'what a router wrote before it died is written again by the next, and taken by dispatchers once',
  async () => {
    const { tenantId, ask, untilWritten } = aRedeliverer();
    await ingest.service.stop();
    const dying = await ingest.start(ROUTER, { messaging: unacknowledged() });
    await ask(3);
    await ask(3);
    await untilWritten(1);
    await dying.stop();
    ingest.service = await ingest.start();
    await ask(9);
    await untilWritten(3);
    expect(ingest.takenOf(tenantId).map(({ trigger }) => trigger)).toEqual(['redelivery', 'redelivery']);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a record of a newer release stops its partition, also for routers that start later, and no event waits for it',
  async () => {
    const { ask, written, untilWritten } = aRedeliverer();
    await ask(3);
    await ask(4, { [CONTRACT_HEADER]: 'redeliveries/2' });
    await ask(5);
    await untilWritten(1);
    const stopped = async () => {
      const answer = await fetch(`${ingest.service.url}/readyz`);
      return (await answer.text()).includes('redeliveries/2');
    };
    await until(stopped, { what: 'the alarm', timeoutMs: TIMEOUT_MS });
    await ingest.service.stop();
    ingest.service = await ingest.start();
    await until(stopped, { what: 'the alarm after a restart', timeoutMs: TIMEOUT_MS });
    const { tenantId, key } = await ingest.aTenant();
    await ingest.post(key, '{"type":"t","data":1}');
    await ingest.routed(tenantId, 1);
    expect(written()).toBe(1);
  },
  TEST_TIMEOUT_MS,
);
