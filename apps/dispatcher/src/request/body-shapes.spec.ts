import { expect, test } from 'vitest';
import { type RequestWorld, received } from './request-world.fake.js';

const BATCH = { maxItems: 10, maxWaitMs: 0 };
const template = (text: string, wrap?: 'array'): RequestWorld => ({
  body: { format: 'template', template: text, ...(wrap ? { wrap } : {}) },
});

test('sends a CloudEvent with its extensions and the bytes of its data', () => {
  const event = {
    source: '/devices',
    id: 'evt_1',
    type: 'device.compliant',
    subject: 'a"b',
    time: '2020-02-26T09:16:34.5945Z',
    extensions: { region: 'eu', level: 3, beta: false },
  };
  const { body, headers } = received({ body: { format: 'cloudevents' } }, { event, data: '{ "n": 1.00 }' });
  expect(body).toBe(
    '{"specversion":"1.0","id":"evt_1","source":"/devices","type":"device.compliant","subject":"a\\"b",' +
      '"time":"2020-02-26T09:16:34.5945Z","datacontenttype":"application/json",' +
      '"region":"eu","level":3,"beta":false,"data":{ "n": 1.00 }}',
  );
  expect(headers['content-type']).toBe('application/cloudevents+json');
});

test('sends a CloudEvent without what its producer left out', () => {
  const { body } = received(
    { body: { format: 'cloudevents' } },
    { event: { subject: null, time: null, extensions: {} } },
  );
  expect(Object.keys(JSON.parse(body))).toEqual(['specversion', 'id', 'source', 'type', 'datacontenttype', 'data']);
});

test('sends no second member "data", by whatever name an extension was once taken', () => {
  const { body } = received(
    { body: { format: 'cloudevents' } },
    { event: { extensions: { data: 'x', region: 'eu' } } },
  );
  expect(body.match(/"data":/g)).toHaveLength(1);
  expect(JSON.parse(body)).toMatchObject({ region: 'eu' });
});

test('keeps the content type that the producer declared for its data', () => {
  const event = { extensions: { datacontenttype: 'application/json; charset=utf-8' } };
  const { body } = received({ body: { format: 'cloudevents' } }, { event });
  expect(JSON.parse(body).datacontenttype).toBe('application/json; charset=utf-8');
});

test('says of CloudEvents in an array that they are a batch, also where only a failed push is one', () => {
  const batched = received({ body: { format: 'cloudevents' }, batch: BATCH }, {});
  expect(JSON.parse(batched.body)).toHaveLength(1);
  const failed = received({ body: { format: 'cloudevents' } }, {}, { event: { id: 'evt_2' } });
  expect(JSON.parse(failed.body)).toHaveLength(2);
  for (const { headers, recorded } of [batched, failed]) {
    expect(headers['content-type']).toBe('application/cloudevents-batch+json');
    expect(recorded['content-type']).toBe('application/cloudevents-batch+json');
  }
});

test("sends the user's content type in place of ours, of arrays too", () => {
  const headers = { 'Content-Type': 'application/cloudevents+json' };
  const { headers: sent } = received({ body: { format: 'cloudevents' }, headers }, {}, { event: { id: 'evt_2' } });
  expect(sent).toMatchObject({ 'Content-Type': 'application/cloudevents+json' });
  expect(sent).not.toHaveProperty('content-type');
});

test('sends data as it came, whitespace around it included', () => {
  expect(received({ body: { format: 'data' } }, { data: ' { "n" : 0.00 }\n' }).body).toBe(' { "n" : 0.00 }\n');
  expect(received({ body: { format: 'data' }, batch: BATCH }, { data: '1.0' }, { data: '"\\/"' }).body).toBe(
    '[1.0,"\\/"]',
  );
});

test.each([
  ['standard', { '/data/a': 'b', timestamp: 'at' }, ['type'], /^\{"at":"[^"]+","data":\{ "b" : 1.00 \}\}$/],
  ['cloudevents', { data: 'payload' }, ['/specversion'], /^\{"id":.+,"payload":\{ "a" : 1.00 \}\}$/],
  ['data', { a: 'b' }, ['none'], /^\{ "b" : 1.00 \}$/],
] as const)('renames and leaves out of the body that %s builds', (format, rename, omit, expected) => {
  const { body } = received({ body: { format, rename, omit: [...omit] } }, { data: '{ "a" : 1.00 }' });
  expect(body).toMatch(expected);
});

test('renames in each element of an array', () => {
  const world: RequestWorld = { body: { format: 'data', rename: { a: 'b' } } };
  expect(received(world, { data: '{"a":1.0}' }, { data: '{"a": 2}' }).body).toBe('[{"b":1.0},{"b": 2}]');
});

test('cannot build a body of which two members would have one name', () => {
  const world: RequestWorld = { body: { format: 'data', rename: { a: 'b' } } };
  expect(() => received(world, { data: '{"a":1,"b":2}' })).toThrow(
    expect.objectContaining({ code: 'request_unbuildable', retryable: false, message: expect.stringContaining('"b"') }),
  );
});

test('fills a template in for each delivery of an array', () => {
  const world = template('{"id":{{ event.id }},"by":"{{ integration.name }}/{{ integration.id }}"}');
  const { body } = received(world, { event: { id: 'a' } }, { event: { id: 'b' } });
  expect(body).toBe('[{"id":"a","by":"SIEM/int_1"},{"id":"b","by":"SIEM/int_1"}]');
});

test('sends an array of one where the template is wrapped, and one array of several', () => {
  const world = template('{{ data }}', 'array');
  expect(received(world, { data: '1.0' }).body).toBe('[1.0]');
  expect(received(world, { data: '1.0' }, { data: '2' }).body).toBe('[1.0,2]');
});

test.each([
  ['{{ data.id | required: "device id" }}', 'The body: The event has no device id.'],
  ['{"a":{{ data }}', 'The body: What the template makes is not one JSON document.'],
  ['{{ data | nothing }}', 'The body: Line 1, column 1: There is no filter "nothing".'],
])('cannot build a body by the template %s', (text, message) => {
  expect(() => received(template(text), {})).toThrow(
    expect.objectContaining({ code: 'request_unbuildable', retryable: false, message }),
  );
});

test('may build later what there was no time for', () => {
  expect(() =>
    received(template('[{% for i in (1..1000) %}{% for j in (1..1000) %}{% endfor %}{% endfor %}]'), {}),
  ).toThrow(expect.objectContaining({ code: 'request_unbuildable', retryable: true }));
});

test('fills a template of another content type in as text, which is sent alone', () => {
  const world = {
    ...template('id={{ data.id | url_encode }}'),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  };
  expect(received(world, { data: '{"id":"a b"}' }).body).toBe('id=a+b');
  expect(() => received(world, {}, {})).toThrow(/JSON array; the content type is not JSON/);
});

test('bounds what the templates of one push do together', () => {
  const push = (count: number) => Array.from({ length: count }, (_, index) => ({ event: { id: `evt_${index}` } }));
  const large = push(5).map((delivery) => ({ ...delivery, data: JSON.stringify('x'.repeat(900_000)) }));
  expect(() => received(template('{{ data }}'), ...large)).toThrow(
    expect.objectContaining({ retryable: false, message: expect.stringContaining('more than 4194304 bytes') }),
  );
  const slow = template('1{% for i in (1..4000) %}{% if i == 0 %}{{ i | upcase }}{% endif %}{% endfor %}');
  expect(() => received(slow, ...push(100))).toThrow(
    expect.objectContaining({ retryable: true, message: expect.stringMatching(/takes? longer than (50|200) ms/) }),
  );
});
