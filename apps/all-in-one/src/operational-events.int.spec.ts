import { integrationSignalsV1, partitionOf, topicName } from '@hookstile/contracts';
import { connectMessaging, type ReceivedRecord } from '@hookstile/messaging';
import { type Receiver, startReceiver, testBrokers, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AllInOneUnderTest, PARTITIONS } from './all-in-one-under-test.js';
import { prepare } from './prepare-stack.js';

let stack: AllInOneUnderTest;
let receiver: Receiver;
/** What each path answers now; 200 where nothing is said. */
const statuses = new Map<string, number>();

beforeAll(async () => {
  stack = await AllInOneUnderTest.create();
  receiver = await startReceiver();
  await prepare(stack.environment);
  await stack.start();
  await stack.call('config', 'POST', 'tenants', { id: 'acme', name: 'Acme', plan: 'standard' });
});

afterAll(async () => {
  await stack.destroy();
  await receiver.close();
});

async function create(name: string, eventTypes: string[], given: object = {}): Promise<string> {
  receiver.answer(`/${name}`, () => ({ status: statuses.get(name) ?? 200 }));
  const retry = { delaysMs: [] };
  const body = { name, url: `${receiver.url}/${name}`, eventTypes, retry, ...given };
  const answer = await stack.call('config', 'POST', 'integrations', body);
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const emit = (type: string) => stack.call('event-ingest', 'POST', 'events', { type, data: {} });

interface Notice {
  type: string;
  data: { integrationId: string; integrationName: string; state: string; reason: string; version: number };
}

const noticesAt = (name: string): Notice[] =>
  receiver.on(`/${name}`).map(({ body }) => JSON.parse(body.toString()) as Notice);
const told = (name: string): string[] =>
  noticesAt(name).map(({ type, data }) => `${data.integrationName} ${type.split('.').at(-1)} ${data.reason}`);
const untilTold = (name: string, count: number) =>
  until(() => told(name).length >= count, { what: `${count} notices at ${name}`, timeoutMs: 20_000 });

/** Appends what stands in `integration-signals` of an integration once more, as if it were read again. */
async function replaySignals(integrationId: string): Promise<number> {
  const messaging = await connectMessaging({ brokers: testBrokers(), clientId: 'replay' });
  const at = {
    topic: topicName(stack.prefix, 'integration-signals'),
    partition: partitionOf(integrationId, PARTITIONS),
  };
  const records: ReceivedRecord[] = [];
  const to = await messaging.endOffset(at);
  await messaging.readRange({ ...at, from: 0, to, onRecords: (read) => void records.push(...read) });
  const publisher = await messaging.publisher({ name: 'replay' });
  const signals = records.map((record) => integrationSignalsV1.decode(record));
  const again = signals.flatMap((signal) =>
    signal.outcome === 'decoded' ? [{ ...integrationSignalsV1.encode(integrationId, signal.value), ...at }] : [],
  );
  await publisher.publish(again);
  await publisher.close(1_000);
  await messaging.close();
  return again.length;
}

describe('operational events', () => {
  it('tell others that an integration fails, is disabled and recovers: each once, and never about themselves', async () => {
    const about = await create('ward', ['ward.*'], { disableAfter: 2 });
    await create('all', ['*']);
    await create('pager', ['hookstile.*']);
    statuses.set('ward', 500);
    await emit('ward.x');
    await untilTold('pager', 1);
    await emit('ward.x');
    await untilTold('pager', 2);
    expect(noticesAt('pager')).toMatchObject([
      {
        type: 'hookstile.integration.failing',
        data: { integrationId: about, state: 'enabled', reason: 'push_failed', consecutiveFailures: 1, version: 1 },
      },
      {
        type: 'hookstile.integration.disabled',
        data: { integrationId: about, reason: 'consecutive_failures', consecutiveFailures: 2, version: 2 },
      },
    ]);
    statuses.delete('ward');
    await stack.call('config', 'POST', `integrations/${about}/enable`, { backlog: 'discard' });
    await untilTold('pager', 3);
    expect(noticesAt('pager')[2]).toMatchObject({
      type: 'hookstile.integration.recovered',
      data: { reason: 'enabled', state: 'enabled', consecutiveFailures: 0, version: 3 },
    });

    await stack.restart('config');
    expect(await replaySignals(about)).toBeGreaterThanOrEqual(2);
    statuses.set('ward', 503);
    await emit('ward.x');
    await untilTold('pager', 4);
    statuses.delete('ward');
    await emit('ward.x');
    await untilTold('pager', 5);
    await stack.call('config', 'POST', `integrations/${about}/disable`, {});
    await untilTold('pager', 6);
    expect(told('pager')).toEqual([
      'ward failing push_failed',
      'ward disabled consecutive_failures',
      'ward recovered enabled',
      'ward failing push_failed',
      'ward recovered push_succeeded',
      'ward disabled admin',
    ]);
    expect(receiver.on('/all').some(({ body }) => body.includes('hookstile.'))).toBe(false);
    expect(receiver.on('/ward').some(({ body }) => body.includes('hookstile.'))).toBe(false);
  });

  it('do not multiply where integrations that are told of each other fail by it', async () => {
    const before = told('pager').length;
    const left = await create('left', ['hookstile.integration.*', 'left.x']);
    await create('right', ['hookstile.*']);
    const idle = await create('idle', ['idle.*']);
    statuses.set('left', 500).set('right', 500);
    await emit('left.x');
    await untilTold('pager', before + 2);
    await stack.call('config', 'POST', `integrations/${idle}/disable`, {});
    await untilTold('pager', before + 3);
    expect(told('pager').slice(before)).toEqual([
      'left failing push_failed',
      'right failing push_failed',
      'idle disabled admin',
    ]);
    expect(noticesAt('left').filter(({ data }) => data.integrationId === left)).toEqual([]);
    statuses.clear();
    await emit('left.x');
    await untilTold('pager', before + 5);
    await stack.call('config', 'POST', `integrations/${idle}/enable`, {});
    await untilTold('pager', before + 6);
    const [first, second, ...rest] = told('pager').slice(before + 3);
    expect([first, second].toSorted()).toEqual(['left recovered push_succeeded', 'right recovered push_succeeded']);
    expect(rest).toEqual(['idle recovered enabled']);
  });

  it('cannot be sent by anybody else', async () => {
    const forged = await emit('hookstile.integration.failing');
    expect([forged.status, forged.body.code]).toEqual([422, 'reserved_type']);
  });
});

describe('a test of an integration', () => {
  it('answers what the event log then shows, and stands in no other view', async () => {
    receiver.answer('/tried', [{ status: 202, headers: { 'x-a': '1' }, body: Buffer.from([0xff, 0]) }]);
    const id = await create('tried', ['*'], {
      url: `${receiver.url}/tried`,
      request: { headers: { 'X-Secret': 'secret-of-the-test' } },
    });
    receiver.answer('/tried', [{ status: 202, headers: { 'x-a': '1' }, body: Buffer.from([0xff, 0]) }]);
    const { status, body } = await stack.call('dispatcher', 'POST', `integrations/${id}/test`);
    expect([status, body.outcome, body.response.bodyEncoding]).toEqual([200, 'succeeded', 'base64']);
    const logged = () => stack.call('audit', 'GET', `event-log/${body.id}`);
    await until(async () => (await logged()).status === 200, { what: 'the test in the event log', timeoutMs: 10_000 });
    expect((await logged()).body).toEqual(body);
    expect(JSON.stringify(body)).not.toContain('secret-of-the-test');
    expect(receiver.on('/tried')[0]?.headers['x-secret']).toBe('secret-of-the-test');
    const items = async (path: string) => (await stack.call('audit', 'GET', path)).body.items;
    expect(await items(`event-log?trigger=test&integrationId=${id}`)).toHaveLength(1);
    expect(await items(`deliveries?integrationId=${id}`)).toEqual([]);
    expect(await items(`events?eventId=${body.eventId}`)).toEqual([]);
  });
});
