import { partitionOf } from '@hookstile/contracts';
import { connectMessaging } from '@hookstile/messaging';
import { type ReceivedRequest, type Receiver, randomSuffix, startReceiver, until } from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Api } from './api.js';
import { type Span, spanIdOf, spansOf, traceIdOf } from './otlp.js';
import { type Stack, startStack } from './stack.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PRODUCER_SPAN_ID = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${PRODUCER_SPAN_ID}-01`;
const EXPORT_TIMEOUT_MS = 30_000;
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;

let collector: Receiver;
let receiver: Receiver;
let stack: Stack;
let api: Api;
let tenantId: string;

beforeAll(async () => {
  collector = await startReceiver();
  receiver = await startReceiver();
  stack = await startStack({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '900',
    },
  });
  tenantId = `trace-${randomSuffix()}`;
  const admin = new Api(stack.run.baseUrl, stack.run.adminKey);
  await admin.expect(201, 'POST', '/v1/tenants', { body: { id: tenantId, name: 'Traced', plan: 'standard' } });
  api = new Api(stack.run.baseUrl, stack.run.adminKey, tenantId);
});

afterAll(async () => {
  await stack?.stop();
  await receiver?.close();
  await collector?.close();
});

/** The spans from the one the receiver was given up to the one below the producer's own, in that order. */
function pathToProducer(spans: readonly Span[], request: ReceivedRequest): Span[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path: Span[] = [];
  let next: string | undefined = spanIdOf(String(request.headers.traceparent));
  while (next !== PRODUCER_SPAN_ID) {
    const span: Span | undefined = next ? byId.get(next) : undefined;
    if (!span) throw new Error(`span ${next} was not exported; the path so far: ${path.map(({ name }) => name)}`);
    path.push(span);
    next = span.parentSpanId;
  }
  return path;
}

const exportedPath = (request: ReceivedRequest) =>
  until(() => pathToProducer(spansOf(collector.on('/v1/traces'), TRACE_ID), request), {
    timeoutMs: EXPORT_TIMEOUT_MS,
    what: 'the whole path to be exported',
  });

describe('one trace', () => {
  it("leads from the producer's request through routing and every attempt to the receiver's traceparent", async () => {
    await api.expect(201, 'POST', '/v1/integrations', {
      body: { name: 'http', url: `${receiver.url}/http`, eventTypes: ['http'], retry: { delaysMs: [100] } },
    });
    receiver.answer('/http', [500, 200]);
    await api.expect(202, 'POST', '/v1/events', {
      headers: { traceparent: TRACEPARENT },
      body: { type: 'http', data: {} },
    });
    const requests = await receiver.received('/http', 2);
    const attempts: string[] = [];
    for (const request of requests) {
      expect(traceIdOf(String(request.headers.traceparent))).toBe(TRACE_ID);
      const path = await exportedPath(request);
      attempts.push(path[0]?.spanId ?? '');
      expect(path[0]).toMatchObject({ kind: CLIENT, service: 'dispatcher' });
      expect(path[0]?.attributes).toMatchObject({
        'http.request.method': 'POST',
        'http.response.status_code': request.attempt === 1 ? 500 : 200,
        'url.full': `${receiver.url}/http`,
      });
      const kinds = path.map(({ kind }) => kind);
      for (const kind of [SERVER, PRODUCER, CONSUMER]) expect(kinds).toContain(kind);
      expect(path.at(-1)).toMatchObject({ kind: SERVER, service: 'event-ingest' });
      const messagingSpans = path.filter(({ kind }) => kind === PRODUCER || kind === CONSUMER);
      for (const span of messagingSpans) expect(span.attributes['messaging.system']).toBe('kafka');
    }
    expect(new Set(attempts).size).toBe(2);
    const row = await until(async () => (await api.list<{ traceId: string }>('/v1/event-log?eventType=http'))[1]);
    expect(row.traceId).toBe(TRACE_ID);
  });

  it("begins with a Kafka record's traceparent", async () => {
    await api.expect(201, 'POST', '/v1/integrations', {
      body: { name: 'kafka', url: `${receiver.url}/kafka`, eventTypes: ['kafka'] },
    });
    const messaging = await connectMessaging({ brokers: stack.run.kafka.brokers, clientId: 'e2e-traces' });
    const publisher = await messaging.publisher({ name: 'e2e' });
    const headers = {
      ce_specversion: '1.0',
      ce_id: 'k1',
      ce_source: '/e2e',
      ce_type: 'kafka',
      ce_tenantid: tenantId,
      'content-type': 'application/json',
      traceparent: TRACEPARENT,
    };
    const partition = partitionOf(tenantId, 12);
    await publisher.publish([
      { topic: 'hookstile.events', partition, key: tenantId, headers, value: Buffer.from('{}') },
    ]);
    await publisher.close(5_000);
    await messaging.close();
    const [request] = await receiver.received('/kafka', 1);
    if (!request) throw new Error('nothing was received');
    const path = await exportedPath(request);
    expect(path[0]).toMatchObject({ kind: CLIENT, service: 'dispatcher' });
    expect(path.at(-1)).toMatchObject({ kind: CONSUMER, service: 'event-ingest' });
  });
});

describe('metrics', () => {
  it('say how much was accepted, routed, attempted and parked, and how far the readers lag', async () => {
    const wanted = ['accepted', 'routed', 'attempt', 'parked', 'lag'];
    await until(
      () => {
        const exported = collector.on('/v1/metrics').map(({ body }) => body.toString('utf8'));
        const names = new Set(exported.flatMap((body) => body.match(/"name":"hookstile\.[^"]+"/g) ?? []));
        return wanted.every((word) => [...names].some((name) => name.includes(word)));
      },
      { timeoutMs: EXPORT_TIMEOUT_MS, what: `metrics named ${wanted}` },
    );
  });
});
