import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { partitionOf } from '@hookstile/contracts';
import { connectMessaging, type Messaging, type OutgoingRecord } from '@hookstile/messaging';
import { type ReceivedRequest, type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { CloudEvent, Kafka } from 'cloudevents';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api, type DeliveryRow, type EventLogRow, type Integration } from './api.js';
import { startLossyGateway } from './producers/lossy-gateway.js';
import { blocksOf, runBlock, startBlock } from './producers/page-blocks.js';
import { type Stack, startStack } from './stack.js';

const PARTITIONS = 12;
const VIEW_LAG_MAX_MS = 10_000;

let stack: Stack;
let receiver: Receiver;
let messaging: Messaging;
let tenantId: string;
let api: Api;

beforeAll(async () => {
  stack = await startStack();
  receiver = await startReceiver();
  messaging = await connectMessaging({ brokers: stack.run.kafka.brokers, clientId: 'e2e-producer' });
  tenantId = `e2e-${randomSuffix()}`;
  await new Api(stack.run.baseUrl, stack.run.adminKey).expect(201, 'POST', '/v1/tenants', {
    body: { id: tenantId, name: 'End to end', plan: 'standard' },
  });
  api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
});

afterAll(async () => {
  await messaging?.close();
  await receiver?.close();
  await stack?.stop();
});

const integrationFor = (path: string, settings: Record<string, unknown> = {}): Promise<Integration> =>
  api.expect(201, 'POST', '/v1/integrations', { body: { name: path, url: `${receiver.url}${path}`, ...settings } });

const emit = (type: string, data: unknown): Promise<{ id: string }> =>
  api.expect(202, 'POST', '/v1/events', { body: { type, data } });

const dataOf = <T>(request: ReceivedRequest): T => JSON.parse(request.body.toString('utf8')).data;

function verified(secret: string, request: ReceivedRequest): unknown {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return new Webhook(secret).verify(request.body.toString('utf8'), headers);
}

/** The record that the official CloudEvents SDK makes of an event, put where a platform producer would put it. */
function kafkaRecord(mode: 'binary' | 'structured', id: string, type: string, data: unknown): OutgoingRecord {
  const event = new CloudEvent({
    id,
    type,
    source: '/e2e/kafka',
    datacontenttype: 'application/json',
    tenantid: tenantId,
    data,
  });
  const message = mode === 'binary' ? Kafka.binary(event) : Kafka.structured(event);
  const value = typeof message.value === 'string' ? message.value : JSON.stringify(message.value);
  const given = Object.entries(message.headers).filter(([, text]) => text !== undefined);
  const headers = Object.fromEntries(given.map(([name, text]) => [name, String(text)]));
  return {
    topic: 'hookstile.events',
    partition: partitionOf(tenantId, PARTITIONS),
    key: tenantId,
    headers,
    value: Buffer.from(value),
  };
}

describe('from a producer to a webhook', () => {
  it('delivers 300 events (HTTP, Kafka binary and structured, the Kafka ones sent twice) exactly once, in order, signed', async () => {
    const { signingSecret, id } = await integrationFor('/orders', { eventTypes: ['order.*'] });
    const publisher = await messaging.publisher({ name: 'e2e' });
    const kafka = Array.from({ length: 100 }, (_, n) =>
      kafkaRecord(n % 2 ? 'binary' : 'structured', `kafka-${n}`, 'order.kafka', { via: 'kafka', n }),
    );
    const http = async () => {
      for (let n = 0; n < 200; n += 1) await emit('order.http', { via: 'http', n });
    };
    await Promise.all([http(), publisher.publish(kafka).then(() => publisher.publish(kafka))]);
    await publisher.close(5_000);

    const requests = await receiver.received('/orders', 300, 30_000);
    const sentNumbers = (via: string) =>
      requests.map((request) => dataOf<{ via: string; n: number }>(request)).filter((data) => data.via === via);
    expect(sentNumbers('http').map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(sentNumbers('kafka').map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    for (const request of requests) expect(() => verified(signingSecret, request)).not.toThrow();
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(300);

    const rows = await until(
      async () => {
        const found = await api.list<EventLogRow>(`/v1/event-log?integrationId=${id}`);
        return found.length === 300 ? found : null;
      },
      { timeoutMs: VIEW_LAG_MAX_MS, what: '300 rows in the event log' },
    );
    expect(rows.every((row) => row.outcome === 'succeeded' && row.httpStatus === 200)).toBe(true);
    const fates = await api.list<{ outcome: string }>('/v1/events?outcome=duplicate');
    expect(fates).toHaveLength(100);
    expect(receiver.on('/orders')).toHaveLength(300);
  });

  it('keeps the bytes of the data', async () => {
    await integrationFor('/bytes', { eventTypes: ['bytes'] });
    const data = '{ "n": 1.0, "big": 12345678901234567890,\n"u": "\\u00e9\\/", "__proto__": {} }';
    await api.expect(202, 'POST', '/v1/events', { body: `{"type":"bytes","data":${data}}` });
    const [request] = await receiver.received('/bytes', 1);
    expect(request?.body.toString('utf8').endsWith(`"data":${data}}`)).toBe(true);
  });

  it('delivers what passes the filter, and after it was changed what passes the new one', async () => {
    const lost = [{ pointer: '/data/status', op: 'in', value: ['lost', 'stolen'] }];
    const { id } = await integrationFor('/filtered', { eventTypes: ['filter.*'], filter: lost });
    await emit('filter.a', { status: 'found', n: 0 });
    await emit('filter.a', { status: 'stolen', n: 1 });
    const filter = [{ pointer: '/data/n', op: 'gte', value: 3 }];
    await api.expect(200, 'PATCH', `/v1/integrations/${id}`, { headers: { 'if-match': '*' }, body: { filter } });
    const left = await emit('filter.a', { status: 'stolen', n: 2 });
    await emit('filter.a', { status: 'found', n: 3 });
    const requests = await receiver.received('/filtered', 2);
    expect(requests.map((request) => dataOf<{ n: number }>(request).n)).toEqual([1, 3]);
    const [fate] = await until(
      async () => {
        const fates = await api.list<{ outcome: string; detail: string }>(`/v1/events?eventId=${left.id}`);
        return fates.length > 0 ? fates : null;
      },
      { timeoutMs: VIEW_LAG_MAX_MS, what: 'the fate of an event that was left out' },
    );
    expect(fate).toMatchObject({ outcome: 'filtered', detail: expect.stringContaining('but not this one') });
  });

  it('gives an integration the event that follows its creation by one call (100 times in a row)', async () => {
    for (let n = 0; n < 100; n += 1) {
      const { id } = await integrationFor(`/next/${n}`, { eventTypes: [`next.${n}.*`] });
      await emit(`next.${n}.first`, { n });
      await receiver.received(`/next/${n}`, 1);
      await api.expect(204, 'DELETE', `/v1/integrations/${id}`, { headers: { 'if-match': '*' } });
    }
  });
});

describe('an endpoint that fails', () => {
  it('gets a retry after each given delay while later events wait behind, and no other integration waits', async () => {
    const delaysMs = [400, 800];
    await integrationFor('/flaky', { eventTypes: ['flaky'], retry: { delaysMs } });
    await integrationFor('/steady', { eventTypes: ['flaky'] });
    receiver.answer('/flaky', [500, 503, 200]);
    for (let n = 0; n < 5; n += 1) await emit('flaky', { n });

    await receiver.received('/steady', 5, 5_000);
    const requests = await receiver.received('/flaky', 7);
    expect(requests.map((request) => dataOf<{ n: number }>(request).n)).toEqual([0, 0, 0, 1, 2, 3, 4]);
    expect(new Set(requests.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const gaps = [1, 2].map((n) => (requests[n]?.arrivedAtMs ?? 0) - (requests[n - 1]?.arrivedAtMs ?? 0));
    for (const [n, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual((delaysMs[n] ?? 0) - 5);
    const steadyEnd = receiver.on('/steady').at(-1)?.arrivedAtMs ?? Number.POSITIVE_INFINITY;
    expect(steadyEnd).toBeLessThan(requests[2]?.arrivedAtMs ?? 0);
  });

  it('is disabled at its threshold, gets no attempt afterwards, and on enabling the backlog in order', async () => {
    const { id } = await integrationFor('/dead', { eventTypes: ['dead'], retry: { delaysMs: [] }, disableAfter: 5 });
    receiver.answer('/dead', () => ({ status: 500 }));
    for (let n = 0; n < 12; n += 1) await emit('dead', { n });

    await until(
      async () => {
        const integration = await api.expect<Integration>(200, 'GET', `/v1/integrations/${id}`);
        return integration.state === 'disabled' && integration.disabledReason === 'consecutive_failures';
      },
      { what: 'the integration to be disabled' },
    );
    await until(
      async () => {
        const held = await api.list<DeliveryRow>(`/v1/deliveries?integrationId=${id}&status=held`);
        return held.length === 7;
      },
      { timeoutMs: VIEW_LAG_MAX_MS, what: 'seven held deliveries' },
    );
    expect(receiver.on('/dead').map((request) => dataOf<{ n: number }>(request).n)).toEqual([0, 1, 2, 3, 4]);

    receiver.answer('/dead', [200]);
    await api.expect(200, 'POST', `/v1/integrations/${id}/enable`, { body: { backlog: 'deliver' } });
    const requests = await receiver.received('/dead', 12);
    expect(requests.slice(5).map((request) => dataOf<{ n: number }>(request).n)).toEqual([5, 6, 7, 8, 9, 10, 11]);
    const integration = await api.expect<Integration>(200, 'GET', `/v1/integrations/${id}`);
    expect(integration).toMatchObject({ state: 'enabled', disabledReason: null });
  });

  it('loses its held backlog when it is enabled with discard, and the log says so', async () => {
    const { id } = await integrationFor('/discard', { eventTypes: ['discard'], enabled: false });
    for (let n = 0; n < 3; n += 1) await emit('discard', { n });
    const ofStatus = (status: string, count: number) =>
      until(
        async () => {
          const rows = await api.list<DeliveryRow>(`/v1/deliveries?integrationId=${id}&status=${status}`);
          return rows.length === count;
        },
        { timeoutMs: VIEW_LAG_MAX_MS, what: `${count} deliveries ${status}` },
      );
    await ofStatus('held', 3);
    await api.expect(200, 'POST', `/v1/integrations/${id}/enable`, { body: { backlog: 'discard' } });
    await ofStatus('discarded', 3);
    await emit('discard', { n: 3 });
    const requests = await receiver.received('/discard', 1);
    expect(requests.map((request) => dataOf<{ n: number }>(request).n)).toEqual([3]);
  });
});

describe('the README', () => {
  it('shows a first integration in lines that work when pasted', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const block = /## A first integration[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const lines = block
      .replaceAll('.hookstile/run.json', `${stack.home}/run.json`)
      .replaceAll('http://localhost:4000', stack.run.baseUrl)
      .replaceAll('http://127.0.0.1:4010', receiver.url);
    const { stdout } = await promisify(execFile)('bash', ['-ec', lines]);
    expect(stdout).toContain('signingSecret');
    const [request] = await receiver.received('/siem', 1);
    expect(request && dataOf(request)).toEqual({ status: 'compliant' });
  });
});

describe('the pages for producers', () => {
  const environment = () => ({
    API: stack.run.baseUrl,
    BROKERS: stack.run.kafka.brokers.join(),
    KEY: stack.run.adminKey,
    TENANT: tenantId,
  });

  it('show producers by curl, kafkajs and the CloudEvents SDK that work when pasted', async () => {
    await integrationFor('/pasted', { eventTypes: ['order.paid'] });
    const [, curl = ''] = blocksOf('docs/emit-events.md', 'sh');
    await runBlock('sh', curl, environment());
    for (const code of blocksOf('docs/emit-events.md', 'js')) await runBlock('js', code, environment());
    const requests = await receiver.received('/pasted', 7);
    const senders = requests.map((request) => dataOf<{ by: string }>(request).by);
    const http = ['curl', 'CloudEvents SDK, HTTP', 'a batch', 'a batch', 'a batch'];
    expect(senders.sort()).toEqual([...http, 'kafkajs', 'CloudEvents SDK, Kafka'].sort());
    expect(requests.some(({ body }) => body.includes('"amount": 12.50'))).toBe(true);
  });

  it('show an outbox whose relay, killed between sending and deleting, delivers once and in order', async () => {
    await integrationFor('/outbox', { eventTypes: ['order.*'] });
    const url = new URL(stack.run.postgres.url);
    url.searchParams.set('options', '-c search_path=shop');
    const shop = new pg.Client({ connectionString: url.href });
    await shop.connect();
    const gateway = await startLossyGateway(stack.run.baseUrl);
    const [relay = ''] = blocksOf('docs/outbox.md', 'js');
    const start = () => startBlock('js', relay, { ...environment(), API: gateway.url, DATABASE_URL: url.href });
    let relays: ReturnType<typeof start>[] = [];
    try {
      const [table = '', transaction = ''] = blocksOf('docs/outbox.md', 'sql');
      await shop.query('create schema shop; create table orders (id int primary key, status text)');
      await shop.query(table);
      await shop.query(transaction.replace("'acme'", `'${tenantId}'`));
      for (let n = 0; n < 10; n += 1) {
        for (const subject of ['a', 'b', 'c']) {
          const row = [tenantId, subject, 'order.changed', JSON.stringify({ subject, n })];
          await shop.query('insert into outbox (tenant, subject, type, data) values ($1, $2, $3, $4)', row);
        }
      }
      const bad = [tenantId, 'a', 'hookstile.not-yours', '{}'];
      await shop.query('insert into outbox (tenant, subject, type, data) values ($1, $2, $3, $4)', bad);

      const killed = Promise.withResolvers<void>();
      gateway.onAnswer = () => {
        gateway.onAnswer = () => undefined;
        relays[0]?.once('close', () => killed.resolve()).kill('SIGKILL');
      };
      relays = [start()];
      await killed.promise;
      relays = [start(), start()];

      const left = async () => (await shop.query('select refused from outbox')).rows;
      await until(async () => (await left()).every(({ refused }) => refused !== null), { what: 'an empty outbox' });
      expect(await left()).toEqual([{ refused: expect.stringMatching(/^reserved_type: /) }]);
      const requests = await receiver.received('/outbox', 31);
      const changes = requests.map((request) => dataOf<{ subject?: string; n: number }>(request));
      for (const subject of ['a', 'b', 'c']) {
        const numbers = changes.filter((change) => change.subject === subject).map(({ n }) => n);
        expect(numbers).toEqual(Array.from({ length: 10 }, (_, n) => n));
      }
      expect(requests.some(({ body }) => body.includes('"data":{"order": 1001, "amount": 12.50}'))).toBe(true);
      const duplicates = () => api.list<{ source: string }>('/v1/events?outcome=duplicate&source=/shop');
      await until(async () => (await duplicates()).length > 0, { what: 'what the killed relay had sent' });
      expect(receiver.on('/outbox')).toHaveLength(31);
    } finally {
      for (const child of relays) child.kill('SIGKILL');
      await gateway.close();
      await shop.end();
    }
  });
});
