import { connect } from 'node:net';
import { connectMessaging, type Messaging } from '@hookstile/messaging';
import {
  anIntegration,
  type FaultProxy,
  startFaultProxy,
  tcpGate,
  testBrokers,
  testDatabaseUrl,
  until,
} from '@hookstile/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { IngestUnderTest } from '../ingest-under-test.js';

const TAKEOVER_TIMEOUT_MS = 30_000;

let ingest: IngestUnderTest;
let link: FaultProxy;
let behindLink: Messaging;
let writes: PromiseWithResolvers<void>;
let held: number;

/** A router whose membership the link can end without its knowing, and whose writes wait until they are let go. */
function zombieMessaging(): Messaging {
  return {
    ...ingest.messaging,
    subscribe: (options) => behindLink.subscribe(options),
    publisher: async (options) => {
      const publisher = await ingest.messaging.publisher(options);
      return {
        publish: async (records) => {
          held += 1;
          await writes.promise;
          return publisher.publish(records);
        },
        close: (timeoutMs) => publisher.close(timeoutMs),
        get pending() {
          return publisher.pending;
        },
        get healthy() {
          return publisher.healthy;
        },
      };
    },
  };
}

beforeEach(async () => {
  ingest = await IngestUnderTest.create();
  await ingest.service.stop();
  const [host = '', port = ''] = testBrokers()[0]?.split(':') ?? [];
  link = await startFaultProxy({ target: { host, port: Number(port) } });
  const socketFactory: Parameters<typeof connectMessaging>[0]['socketFactory'] = ({ onConnect }) =>
    connect(link.port, '127.0.0.1', onConnect);
  behindLink = await connectMessaging({ brokers: testBrokers(), clientId: 'zombie', socketFactory });
  writes = Promise.withResolvers();
  held = 0;
  ingest.service = await ingest.start({ HOOKSTILE_INGEST_ROLES: 'front-door' });
});

afterEach(async () => {
  writes.resolve();
  link.heal();
  await behindLink.close();
  await link.close();
  await ingest.destroy();
});

test.each([
  ['after its successor has routed the same and more', false],
  ['before its successor begins, what it routed under the older configuration included', true],
])(
  'what a router that is no member any more writes %s changes nothing for dispatchers',
  async (_, first) => {
    const { tenantId, key, integrationId } = await ingest.aTenant();
    const post = async (id: string) => {
      const answer = await ingest.post(key, `{"id":"${id}","type":"t","data":"${id}"}`);
      expect(answer.status).toBe(202);
    };
    const router = { HOOKSTILE_INGEST_ROLES: 'router' };
    const stores = await tcpGate(testDatabaseUrl());
    const zombie = await ingest.start({ ...router, DATABASE_URL: stores.url }, { messaging: zombieMessaging() });
    await post('e1');
    await until(() => held > 0, { what: 'the round that is about to be written', timeoutMs: TAKEOVER_TIMEOUT_MS });

    // It can still write to Kafka, and neither hears of its group nor stores what it has done.
    link.set({ blackhole: true });
    stores.close();
    const newcomer = `${integrationId}_new`;
    await ingest.configure(
      anIntegration({ id: integrationId, tenantId, version: 2 }),
      anIntegration({ id: newcomer, tenantId, version: 1 }),
    );
    await post('e2');
    const letGo = async () => {
      const before = ingest.deliveriesOf(tenantId).length;
      writes.resolve();
      await until(() => ingest.deliveriesOf(tenantId).length > before);
    };
    if (first) await letGo();
    const successor = await ingest.start(router);
    const routed = (id: string) => ingest.takenOf(tenantId).some(({ event }) => event.id === id);
    await until(() => routed('e2'), { what: 'the takeover', timeoutMs: TAKEOVER_TIMEOUT_MS });
    if (!first) await letGo();
    await post('e3');
    await until(() => routed('e3'), { timeoutMs: TAKEOVER_TIMEOUT_MS });
    await ingest.routed(tenantId, 4);

    const taken = ingest.takenOf(tenantId);
    const toOld = taken.filter((delivery) => delivery.integrationId === integrationId);
    expect(toOld.map(({ event }) => event.id)).toEqual(['e1', 'e2', 'e3']);
    expect(toOld.map(({ integrationVersion }) => integrationVersion)).toEqual([first ? 1 : 2, 2, 2]);
    const toNew = taken.filter((delivery) => delivery.integrationId === newcomer).map(({ event }) => event.id);
    expect(toNew.slice(-2)).toEqual(['e2', 'e3']);
    await Promise.all([zombie.stop(), successor.stop()]);
  },
  90_000,
);
