import { randomSuffix } from '@hookstile/testing';
import { CloudEvent, type CloudEventV1, emitterFor, HTTP, Kafka, type Message, Mode } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IngestUnderTest, textsOf } from './ingest-under-test.js';

let ingest: IngestUnderTest;

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
});

afterAll(() => ingest?.destroy());

interface Producer {
  tenantId: string;
  key: string;
}

type Send = (producer: Producer, events: readonly CloudEvent<unknown>[]) => Promise<void>;

async function taken(key: string, body: unknown, headers: Record<string, string>): Promise<void> {
  const answer = await ingest.post(key, body as string, headers);
  expect(answer.status).toBe(202);
  for (const item of answer.body.items ?? []) expect(item).toEqual({ id: expect.any(String) });
}

const byHttp =
  (mode: Mode): Send =>
  async ({ key }, events) => {
    const send = async ({ headers, body }: Message) => taken(key, body, textsOf(headers));
    const emit = emitterFor(send, { binding: HTTP, mode });
    for (const event of events) await emit(event);
  };

/** The SDK reads batches and writes none: its events' JSON is what a batch is made of. */
const inBatch: Send = ({ key }, events) =>
  taken(key, JSON.stringify(events), { 'content-type': 'application/cloudevents-batch+json' });

/** The SDK leaves the data of a binary message as it is: a producer writes it as JSON. */
const byKafka =
  (mode: 'binary' | 'structured'): Send =>
  async ({ tenantId }, events) => {
    for (const event of events) {
      const { headers, value } = Kafka[mode](event.cloneWith({ tenantid: tenantId }));
      const text = mode === 'binary' ? JSON.stringify(value) : (value as string);
      await ingest.produce(tenantId, { headers: textsOf(headers), value: Buffer.from(text) });
    }
  };

const WAYS: Record<string, Send> = {
  'HTTP, binary': byHttp(Mode.BINARY),
  'HTTP, structured': byHttp(Mode.STRUCTURED),
  'HTTP, a batch': inBatch,
  'Kafka, binary': byKafka('binary'),
  'Kafka, structured': byKafka('structured'),
};

const EVENTS: Partial<CloudEventV1<unknown>>[] = [
  { data: { a: 1 } },
  { data: [], subject: 'laptop-7', time: '2026-01-02T03:04:05.678Z' },
  { data: { nested: { deep: [null, true, 1.5, 'é → 😀'] } }, datacontenttype: 'application/json' },
  { data: { a: 1 }, datacontenttype: 'application/vnd.acme+json', dataschema: 'https://example.com/schema' },
  { data: 0, subject: '50% & more' },
  {
    data: { a: 1 },
    flag: true,
    count: 7,
    ext: 'kept',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
];

/** In HTTP's headers the SDK writes it as it is, where CloudEvents wants it percent-encoded; no client sends that. */
const BEYOND_ASCII: Partial<CloudEventV1<unknown>> = { data: 'Zoë', subject: 'Zoë → 😀', ext: 'ö' };

/** Headers are texts: what an extension was in the SDK, only the JSON format can tell. */
const asTexts = (values: object) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

describe.each(Object.keys(WAYS))("the CloudEvents SDK's messages by %s", (way) => {
  test('are taken, and arrive unchanged', async () => {
    const producer = await ingest.aTenant();
    const source = `/sdk/${randomSuffix()}`;
    const given = way === 'HTTP, binary' ? EVENTS : [...EVENTS, BEYOND_ASCII];
    const events = given.map((event, n) => new CloudEvent({ id: `${n}`, source, type: 't', ...event }));
    await WAYS[way]?.(producer, events);
    await ingest.routed(producer.tenantId, events.length);
    const delivered = ingest.deliveriesOf(producer.tenantId);
    expect(delivered.map(({ data }) => JSON.parse(data))).toEqual(events.map(({ data }) => data));
    const asJson: Record<string, unknown>[] = JSON.parse(JSON.stringify(events));
    for (const [n, { event }] of delivered.entries()) {
      const { specversion: _, data: _data, datacontenttype = 'application/json', ...attributes } = asJson[n] ?? {};
      const { id, type, subject = null, time = null, source: _source, ...extensions } = attributes;
      expect(event).toMatchObject({ id, type, source, subject, time });
      const unusual = datacontenttype === 'application/json' ? {} : { datacontenttype };
      expect(asTexts(event.extensions)).toEqual(asTexts({ ...extensions, ...unusual }));
    }
  });
});
