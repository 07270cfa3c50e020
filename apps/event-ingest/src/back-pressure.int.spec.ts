import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import type { RunningService } from '@hookstile/service-runtime';
import { type FaultProxy, startFaultProxy, testBrokers, until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INGEST_ADMIN_KEY, IngestUnderTest } from './ingest-under-test.js';

const REQUEST_TIMEOUT_MS = 2_000;
const BATCH_EVENTS = 40;
const EVENT_BYTES = 50_000;
const SENDERS = 12;
const BATCHES_EACH = 4;
const GROWTH_MAX_BYTES = 100 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;

let ingest: IngestUnderTest;
let link: FaultProxy;
let messaging: Messaging;
let frontDoor: RunningService;

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
  const [host = '', port = ''] = testBrokers()[0]?.split(':') ?? [];
  link = await startFaultProxy({ target: { host, port: Number(port) } });
  messaging = await connectMessaging({
    brokers: testBrokers(),
    clientId: 'behind-link',
    socketFactory: ({ onConnect }) => connect(link.port, '127.0.0.1', onConnect),
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  frontDoor = await ingest.start({ HOOKSTILE_INGEST_ROLES: 'front-door' }, { messaging });
});

afterAll(async () => {
  link?.heal();
  await frontDoor?.stop();
  await messaging?.close();
  await link?.close();
  await ingest?.destroy();
});

const batchOf = (name: string, count: number) =>
  JSON.stringify(
    Array.from({ length: count }, (_, n) => ({
      specversion: '1.0',
      id: `${name}-${n}`,
      source: '/s',
      type: 't',
      data: 'x'.repeat(EVENT_BYTES),
    })),
  );

async function sendBatch(tenantId: string, body: string) {
  const response = await fetch(`${frontDoor.url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${INGEST_ADMIN_KEY}`,
      'hookstile-tenant': tenantId,
      'content-type': 'application/cloudevents-batch+json',
    },
    body,
  });
  const answer = (await response.json()) as { code?: string; detail?: string; items?: object[] };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held; the requests' other ends are in this process, too. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('with a broker that stands still batches are refused whole, within bounds, and nothing acknowledged is lost', async () => {
  const { tenantId } = await ingest.aTenant();
  expect((await sendBatch(tenantId, batchOf('before', 2))).status).toBe(202);
  const before = heldBytes();
  let largest = before;
  link.set({ blackhole: true });
  const answers: Awaited<ReturnType<typeof sendBatch>>[] = [];
  const sender = async (name: number) => {
    for (let n = 0; n < BATCHES_EACH; n += 1) {
      answers.push(await sendBatch(tenantId, batchOf(`still-${name}-${n}`, BATCH_EVENTS)));
      largest = Math.max(largest, heldBytes());
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, name) => sender(name)));
  const told = answers.map(({ status, code, detail }) => (status === 503 ? code : `${status} ${code}: ${detail}`));
  expect([...new Set(told)]).toEqual(['unavailable']);
  expect(answers.every(({ retryAfter, items }) => Number(retryAfter) > 0 && items === undefined)).toBe(true);
  expect((largest - before) / MEBIBYTE).toBeLessThan(GROWTH_MAX_BYTES / MEBIBYTE);

  link.heal();
  const after = await until(
    async () => {
      const answer = await sendBatch(tenantId, batchOf('after', 3));
      return answer.status === 202 ? answer : null;
    },
    { timeoutMs: 20_000, what: 'a batch to be taken again' },
  );
  expect(after.items).toHaveLength(3);
  const delivered = () => new Set(ingest.deliveriesOf(tenantId).map(({ event }) => event.id));
  const acknowledged = ['before-0', 'before-1', 'after-0', 'after-1', 'after-2'];
  await until(() => acknowledged.every((id) => delivered().has(id)), {
    timeoutMs: 20_000,
    what: 'what was acknowledged',
  });
}, 60_000);
