import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import type { RunningService } from '@hookstile/service-runtime';
import {
  type FaultProxy,
  type HeldPiece,
  isKafkaProduce,
  startFaultProxy,
  testBrokers,
  until,
} from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { INGEST_ADMIN_KEY, IngestUnderTest } from './ingest-under-test.js';

const REQUEST_TIMEOUT_MS = 2_000;
const BATCH_EVENTS = 40;
const EVENT_BYTES = 50_000;
/** More at once than the front door's queue holds, of tenants that each keep within their share of its bodies. */
const SENDERS = 24;
const TENANTS = 8;
const BATCHES_EACH = 2;
const MEBIBYTE = 1024 * 1024;
/** The queue, a request of it, and what the link holds of requests that were given up. */
const GROWTH_MAX_MIB = 100;

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
  frontDoor = await ingest.start({ HOOKSTILE_INGEST_ROLES: 'front-door', LOG_LEVEL: 'fatal' }, { messaging });
});

afterAll(async () => {
  link?.heal();
  await frontDoor?.stop();
  await messaging?.close();
  await link?.close();
  await ingest?.destroy();
});

async function someTenants(): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: TENANTS }, () => ingest.aTenant()));
  return made.map(({ tenantId }) => tenantId);
}

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

/** From here on no write reaches the broker, whatever connection it comes on, until the function is called. */
function holdWrites(): () => Promise<void> {
  const held: HeldPiece[] = [];
  const ending = new AbortController();
  const holding = (async () => {
    for (;;) {
      const piece = await link.hold({ what: 'request', isRequest: isKafkaProduce, signal: ending.signal });
      if (piece === null) return;
      held.push(piece);
    }
  })();
  return async () => {
    ending.abort();
    await holding;
    for (const piece of held) piece.drop();
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held. Seldom, since on a busy machine it takes a second, in which no request is read. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test('while writes stand still batches are refused whole, within bounds, and nothing acknowledged is lost', async () => {
  const tenants = await someTenants();
  const [tenantId = ''] = tenants;
  for (const tenant of tenants) expect((await sendBatch(tenant, batchOf('before', 2))).status).toBe(202);
  const before = heldBytes();
  const letWritesThrough = holdWrites();
  const answers: Awaited<ReturnType<typeof sendBatch>>[] = [];
  const sender = async (name: number) => {
    for (let n = 0; n < BATCHES_EACH; n += 1) {
      const tenant = tenants[name % TENANTS] ?? '';
      answers.push(await sendBatch(tenant, batchOf(`still-${name}-${n}`, BATCH_EVENTS)));
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, name) => sender(name)));
  const told = answers.map(({ status, code, detail }) => (status === 503 ? code : `${status} ${code}: ${detail}`));
  expect([...new Set(told)]).toEqual(['unavailable']);
  expect(answers).toHaveLength(SENDERS * BATCHES_EACH);
  // What was let go of outside the heap is counted until it has been swept; what waits stays.
  const isWithinBounds = () => (heldBytes() - before) / MEBIBYTE < GROWTH_MAX_MIB;
  await until(isWithinBounds, { what: 'no more than what waits to be held' });
  expect(answers.every(({ retryAfter, items }) => Number(retryAfter) > 0 && items === undefined)).toBe(true);

  await letWritesThrough();
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

test('bodies that do not come to their end are held within a bound, and others are told to come again', async () => {
  const { hostname, port } = new URL(frontDoor.url);
  const tenants = await someTenants();
  const slow = Array.from({ length: 20 }, () => connect(Number(port), hostname));
  let answers = '';
  for (const [n, socket] of slow.entries()) {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      answers += chunk;
    });
    const key = `authorization: Bearer ${INGEST_ADMIN_KEY}\r\nhookstile-tenant: ${tenants[n % TENANTS]}`;
    socket.write(`POST /v1/events HTTP/1.1\r\nhost: x\r\n${key}\r\ncontent-length: ${4 * MEBIBYTE}\r\n\r\n`);
    socket.write(Buffer.alloc(4 * MEBIBYTE - 1));
  }
  await until(() => answers.includes('"code":"unavailable"'), { what: 'one of them is refused' });
  expect(answers).toMatch(/^HTTP\/1\.1 503 /);
  expect(answers).toMatch(/\r\nretry-after: 1\r\n/i);
  for (const socket of slow) socket.destroy();
  const { tenantId } = await ingest.aTenant();
  const isTaken = async () => (await sendBatch(tenantId, batchOf('behind', 2))).status === 202;
  await until(isTaken, { what: 'a batch is taken once they are gone' });
});
