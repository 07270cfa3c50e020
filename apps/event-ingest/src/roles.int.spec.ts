import { connect } from 'node:net';
import { connectMessaging } from '@hookstile/messaging';
import type { RunningService } from '@hookstile/service-runtime';
import { startFaultProxy, tcpGate, testBrokers, testDatabaseUrl, until } from '@hookstile/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { IngestUnderTest } from './ingest-under-test.js';

const DEAD_SESSION_MS = 10_000;
const EVENT = '{"type":"t","data":1}';

let ingest: IngestUnderTest;
const started: RunningService[] = [];

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
  await ingest.service.stop();
});

afterEach(async () => {
  for (const service of started.splice(0)) await service.stop();
});

afterAll(() => ingest?.destroy());

async function start(environment: NodeJS.ProcessEnv): Promise<RunningService> {
  const service = await ingest.start(environment);
  started.push(service);
  return service;
}

/** The answer's status, and what is down. */
async function readyz({ url }: RunningService): Promise<[status: number, down: string[]]> {
  const response = await fetch(`${url}/readyz`);
  const { dependencies } = (await response.json()) as { dependencies: Record<string, { status: string }> };
  const down = Object.entries(dependencies).filter(([, { status }]) => status === 'down');
  return [response.status, down.map(([name]) => name).sort()];
}

/** A member of the router's group that is gone without having left: the group waits until its session ends. */
async function leaveDeadMember(): Promise<() => Promise<void>> {
  const [host = '', port = ''] = testBrokers()[0]?.split(':') ?? [];
  const link = await startFaultProxy({ target: { host, port: Number(port) } });
  const messaging = await connectMessaging({
    brokers: testBrokers(),
    clientId: 'dead',
    socketFactory: ({ onConnect }) => connect(link.port, '127.0.0.1', onConnect),
  });
  await messaging.subscribe({
    groupId: `${ingest.prefix}router`,
    topics: [ingest.topic.events],
    from: 'beginning',
    sessionTimeoutMs: DEAD_SESSION_MS,
    onBatch: () => undefined,
    onAssignment: () => undefined,
  });
  link.set({ blackhole: true });
  return async () => {
    link.set({ blackhole: false, refuse: true });
    link.reset();
    await messaging.close();
    await link.close();
  };
}

test('the front door accepts, and is ready, while the session of a killed router runs, and says what is missing', async () => {
  const { tenantId, key } = await ingest.aTenant();
  const buryMember = await leaveDeadMember();
  const service = await start({});
  expect(await ingest.postTo(service, key, EVENT)).toMatchObject({ status: 202 });
  await until(async () => {
    const [status, down] = await readyz(service);
    expect(status).toBe(200);
    return down.join() === 'router';
  });
  expect((await fetch(`${service.url}/livez`)).status).toBe(200);
  await ingest.routed(tenantId, 1);
  await until(async () => (await readyz(service))[1].length === 0);
  await buryMember();
}, 40_000);

test('a process stops at once while its router waits to join', async () => {
  const buryMember = await leaveDeadMember();
  const service = await ingest.start();
  const startMs = performance.now();
  await service.stop();
  expect(performance.now() - startMs).toBeLessThan(DEAD_SESSION_MS * 0.7);
  await buryMember();
}, 40_000);

test('a process that starts while Postgres is away accepts events, is ready, and routes them once it is back', async () => {
  const { tenantId, key } = await ingest.aTenant();
  const gate = await tcpGate(testDatabaseUrl());
  gate.close();
  const service = await start({ DATABASE_URL: gate.url });
  expect(await ingest.postTo(service, key, EVENT)).toMatchObject({ status: 202 });
  expect(await readyz(service)).toEqual([200, ['postgres', 'redeliveries', 'router']]);
  await gate.open();
  await ingest.routed(tenantId, 1);
  await until(async () => (await readyz(service))[1].length === 0);
  await service.stop();
  gate.close();
}, 40_000);

test('deployed apart, the front door needs neither router nor Postgres, and the router takes no events', async () => {
  const { tenantId, key } = await ingest.aTenant();
  const frontDoor = await start({ HOOKSTILE_INGEST_ROLES: 'front-door', DATABASE_URL: 'postgres://127.0.0.1:1/none' });
  expect(await readyz(frontDoor)).toEqual([200, []]);
  expect(await ingest.postTo(frontDoor, key, EVENT)).toMatchObject({ status: 202 });
  const router = await start({ HOOKSTILE_INGEST_ROLES: 'router' });
  expect(await ingest.postTo(router, key, EVENT)).toMatchObject({ status: 404 });
  await ingest.routed(tenantId, 1);
  // It joins a group for events and one for redeliveries.
  await until(async () => (await readyz(router))[1].length === 0);
  expect(await readyz(router)).toEqual([200, []]);
});

test('a router that runs alone is not ready while Postgres is away', async () => {
  const gate = await tcpGate(testDatabaseUrl());
  gate.close();
  const router = await start({ HOOKSTILE_INGEST_ROLES: 'router', DATABASE_URL: gate.url });
  expect(await readyz(router)).toEqual([503, ['postgres', 'redeliveries', 'router']]);
  await gate.open();
  await until(async () => (await readyz(router))[0] === 200);
  await router.stop();
  gate.close();
}, 40_000);
