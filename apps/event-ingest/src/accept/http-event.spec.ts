import { expect, test } from 'vitest';
import type { Reading } from './accepted-event.js';
import type { BatchReading } from './event-batch.js';
import { readHttpRequest } from './http-event.js';

const EVENT_MAX_BYTES = 262_144;
const DEFAULTS = { tenantId: 'ten_1', acceptedAt: '2026-01-02T03:04:05.678Z', newEventId: () => 'evt_new' };

function post(body: string | Buffer, contentType?: string, headers: Record<string, string> = {}) {
  const contentEncoding = headers['content-encoding'];
  return readHttpRequest(
    { rawHeaders: Object.entries(headers).flat(), contentType, contentEncoding, body: Buffer.from(body) },
    DEFAULTS,
  );
}

const plain = (event: unknown) => post(JSON.stringify(event), 'application/json');
const structured = (event: object) =>
  post(
    JSON.stringify({ specversion: '1.0', id: 'e', source: '/s', type: 't', ...event }),
    'application/cloudevents+json',
  );
const binary = (body: string | Buffer, headers: Record<string, string> = {}, contentType?: string) =>
  post(body, contentType ?? 'application/json', {
    'ce-specversion': '1.0',
    'CE-Id': 'e',
    'ce-source': '/s',
    'ce-type': 't',
    ...headers,
  });

const many = (count: number, value: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`e${i}`, value]));

function accepted(reading: Reading | BatchReading) {
  if (reading.outcome !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(reading)}`);
  return { ...reading.attributes, data: reading.data.toString() };
}

function refused(reading: Reading | BatchReading) {
  if (reading.outcome !== 'rejected') throw new Error(`not refused: ${JSON.stringify(reading)}`);
  return [reading.code, ...reading.errors.map((error) => `${error.pointer} ${error.code}`)];
}

test('plain JSON needs a type and data only; id and source are filled in', () => {
  expect(accepted(plain({ type: 't', data: null }))).toEqual({
    tenantId: 'ten_1',
    source: 'hookstile:/tenants/ten_1',
    id: 'evt_new',
    type: 't',
    subject: null,
    time: null,
    acceptedAt: '2026-01-02T03:04:05.678Z',
    extensions: {},
    data: 'null',
  });
});

test('plain JSON keeps id, subject, time and source as given', () => {
  const given = { id: 'a', type: 't', subject: 's', time: '2026-02-28T23:59:59.123456+14:00', source: '/x' };
  expect(accepted(plain({ ...given, data: [] }))).toMatchObject(given);
});

test('data keeps its bytes: whitespace, escapes, number forms, nested duplicates and __proto__', () => {
  const data = '{ "n" : 1.0e+2,"s":"\\u00e9 é","__proto__":{"a":1,"a":2}  }';
  expect(accepted(post(`{"type":"t","data": ${data} }`, 'application/json')).data).toBe(data);
  expect(accepted(binary(data)).data).toBe(data);
  const document = `{"specversion":"1.0","id":"e","source":"/s","type":"t","data":${data}}`;
  expect(accepted(post(document, 'application/cloudevents+json')).data).toBe(data);
});

test.each([
  ['[]', ['invalid']],
  ['{"type":"t"', ['malformed']],
  [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), ['malformed']],
  ['\ufeff{"type":"t","data":1}', ['malformed']],
  ['{"type":"t","data":1,"d\\u0061ta":2}', ['malformed']],
  ['{"type":"t"}', ['invalid', '/data required']],
  ['{"data":1}', ['invalid', '/type required']],
  ['{"type":"t","data":1,"tenant~/":1}', ['invalid', '/tenant~0~1 unknown_member']],
  ['{"type":"t","data":1,"__proto__":{"type":"x"}}', ['invalid', '/__proto__ unknown_member']],
  ['{"type":5,"data":1}', ['invalid', '/type type']],
  ['{"type":"","data":1}', ['invalid', '/type too_short']],
  ['{"type":"a\\u0000","data":1}', ['invalid', '/type control_character']],
  ['{"type":"a\\u0085","data":1}', ['invalid', '/type control_character']],
  ['{"type":"a\\ud800","data":1}', ['invalid', '/type lone_surrogate']],
  ['{"type":"t","id":"\\n","data":1}', ['invalid', '/id control_character']],
])('refuses the plain event %s', (body, errors) => {
  expect(refused(post(body, 'application/json'))).toEqual(errors);
});

test.each([
  ['type', 255],
  ['id', 255],
  ['source', 2048],
  ['subject', 1024],
])('%s has at most %i characters, surrogate pairs counted once', (name, max) => {
  expect(accepted(plain({ type: 't', data: 1, [name]: '😀'.repeat(max) }))).toMatchObject({});
  expect(refused(plain({ type: 't', data: 1, [name]: 'x'.repeat(max + 1) }))).toEqual(['invalid', `/${name} too_long`]);
  expect(refused(plain({ type: 't', data: 1, [name]: '😀'.repeat(max + 1) }))).toEqual([
    'invalid',
    `/${name} too_long`,
  ]);
});

test.each([
  '2026-02-29T00:00:00Z',
  '2026-01-01',
  '2026-01-01T00:00:00',
  '2026-01-01T24:00:00Z',
  'now',
  '2026-13-01T00:00:00Z',
])('refuses the time %s', (time) => {
  expect(refused(plain({ type: 't', data: 1, time }))).toEqual(['invalid', '/time format']);
});

test('data nests at most 64 levels', () => {
  const nested = (depth: number) => `{"type":"t","data":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  expect(accepted(post(nested(64), 'application/json')).type).toBe('t');
  expect(refused(post(nested(65), 'application/json'))).toEqual(['invalid', '/data too_deep']);
  expect(refused(post(nested(100_000), 'application/json'))).toEqual(['invalid', '/data too_deep']);
  expect(refused(binary(`${'['.repeat(65)}${']'.repeat(65)}`))).toEqual(['invalid', '/data too_deep']);
});

test('an event has at most 256 KiB', () => {
  const sized = (bytes: number) => `{"type":"t","data":"${'x'.repeat(bytes - 22)}"}`;
  expect(Buffer.byteLength(sized(EVENT_MAX_BYTES))).toBe(EVENT_MAX_BYTES);
  expect(accepted(post(sized(EVENT_MAX_BYTES), 'application/json')).type).toBe('t');
  expect(refused(post(sized(EVENT_MAX_BYTES + 1), 'application/json'))).toEqual(['too_large']);
  expect(refused(binary(`"${'x'.repeat(EVENT_MAX_BYTES)}"`))).toEqual(['too_large']);
  expect(refused(structured({ data: 'x'.repeat(EVENT_MAX_BYTES) }))).toEqual(['too_large']);
});

test.each([
  [undefined, {}],
  ['text/plain', {}],
  ['application/json; charset=iso-8859-1', {}],
  ['application/json', { 'content-encoding': 'gzip' }],
  ['application/cloudevents+avro', {}],
])('refuses the content type %s %o', (contentType, headers) => {
  expect(refused(post('{"type":"t","data":1}', contentType, headers))).toEqual(['unsupported_media_type']);
});

test('takes a content type with parameters', () => {
  expect(accepted(post('{"type":"t","data":1}', 'Application/JSON; charset="UTF-8"')).type).toBe('t');
});

test('a structured CloudEvent keeps its extensions, dataschema and JSON media type', () => {
  const event = { data: 1, datacontenttype: 'application/x+json', dataschema: 'http://x/y', answer: 42, flag: true };
  const extensions = { dataschema: 'http://x/y', datacontenttype: 'application/x+json', answer: 42, flag: true };
  expect(accepted(structured(event)).extensions).toEqual(extensions);
});

test.each<[object, string[]]>([
  [{ data: 1, specversion: '0.3' }, ['invalid', '/specversion format']],
  [{ data: 1, id: undefined }, ['invalid', '/id required']],
  [{ data: 1, source: undefined, type: null }, ['invalid', '/source required', '/type required']],
  [{}, ['invalid', '/data required']],
  [{ data: 1, data_base64: 'MQ==' }, ['invalid', '/data_base64 both_given']],
  [{ data_base64: 'M' }, ['invalid', '/data_base64 format']],
  [{ data_base64: Buffer.from('<x/>').toString('base64') }, ['data_not_json', '/data data_not_json']],
  [{ data: '<x/>', datacontenttype: 'text/xml' }, ['data_not_json', '/data data_not_json']],
  [{ data: 1, Upper: 'x' }, ['invalid', '/Upper name']],
  [{ data: 1, ...many(65, 'x') }, ['invalid', ' too_many_extensions']],
  [{ data: 1, ...many(17, 'x'.repeat(2048)) }, ['invalid', ' too_long']],
  [{ data: 1, long: 'x'.repeat(2049) }, ['invalid', '/long too_long']],
  [{ data: 1, nested: {} }, ['invalid', '/nested type']],
  [{ data: 1, tenantid: 'ten_2' }, ['forbidden', '/tenantid forbidden']],
])('refuses the structured CloudEvent %o', (event, errors) => {
  expect(refused(structured(event))).toEqual(errors);
});

test('data_base64 that holds JSON is data', () => {
  expect(accepted(structured({ data_base64: Buffer.from(' {"a":1}').toString('base64') })).data).toBe(' {"a":1}');
});

test('binary attributes are unquoted and percent-decoded once, as UTF-8', () => {
  const headers = { 'ce-subject': 'Euro%20%E2%82%AC%2525 100%', 'ce-quoted': '"a \\"b\\""', 'ce-raw': 'Ã©' };
  expect(accepted(binary('1', headers))).toMatchObject({
    subject: 'Euro €%25 100%',
    extensions: { quoted: 'a "b"', raw: 'é' },
  });
});

test.each<[string, Record<string, string>, string | undefined, string[]]>([
  ['1', { 'ce-subject': '%ff' }, undefined, ['malformed']],
  ['1', { 'ce-subject': 'a%00b' }, undefined, ['invalid', '/subject control_character']],
  ['1', { 'ce-id': 'twice' }, undefined, ['malformed']],
  ['', {}, undefined, ['invalid', '/data required']],
  ['{', {}, undefined, ['data_not_json', '/data data_not_json']],
  ['hello', {}, 'text/plain', ['data_not_json', '/data data_not_json']],
  ['1', { 'ce-__proto__': 'x' }, undefined, ['invalid', '/__proto__ name']],
  ['1', { 'ce-data': 'x' }, undefined, ['invalid', '/data name']],
  ['1', { 'ce-outcome': 'rejected', 'ce-errors': '' }, 'text/xml', ['data_not_json', '/data data_not_json']],
])('refuses binary %s with %o as %s', (body, headers, contentType, errors) => {
  expect(refused(binary(body, headers, contentType))).toEqual(errors);
});

test('a batch refuses wrong items alone, in order', () => {
  const good = { specversion: '1.0', id: 'e', source: '/s', type: 't', data: { a: 1 } };
  const items = [
    JSON.stringify(good),
    '{"type":"t","type":"t"}',
    '7',
    JSON.stringify({ ...good, data: 'x'.repeat(EVENT_MAX_BYTES) }),
    JSON.stringify({ ...good, id: '' }),
    JSON.stringify(good, null, 2),
  ];
  const reading = post(`[${items.join(' , ')}]`, 'application/cloudevents-batch+json');
  if (reading.outcome !== 'batch') throw new Error('not a batch');
  const codes = reading.readings.map((item) => (item.outcome === 'accepted' ? item.data.toString() : item.code));
  expect(codes).toEqual(['{"a":1}', 'malformed', 'invalid', 'too_large', 'invalid', '{\n    "a": 1\n  }']);
});

test('a batch has at most 500 events and 4 MiB, and may be empty', () => {
  const batch = (body: string) => post(body, 'application/cloudevents-batch+json');
  expect(batch('[]')).toEqual({ outcome: 'batch', readings: [] });
  expect(batch(`[${Array(500).fill('0').join()}]`).outcome).toBe('batch');
  expect(refused(batch(`[${Array(501).fill('0').join()}]`))).toEqual(['too_large']);
  expect(refused(batch(`["${'x'.repeat(4 * 1024 * 1024)}"]`))).toEqual(['too_large']);
  expect(refused(batch('{}'))).toEqual(['invalid']);
});

test.each([
  ['whose own members hide how it becomes text', '{"toString":1,"valueOf":1}'],
  ['that nests too deeply to be written out', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
])('refuses an extension %s', (_what, value) => {
  const body = `{"specversion":"1.0","id":"e","source":"/s","type":"t","data":1,"x":${value}}`;
  expect(refused(post(body, 'application/cloudevents+json'))).toEqual(['invalid', '/x type']);
});

test('reads documents of any depth, and sees a member that is escaped the second time', () => {
  const deep = `${'['.repeat(120_000)}${']'.repeat(120_000)}`;
  expect(refused(post(deep, 'application/json'))).toEqual(['invalid']);
  expect(refused(post(`{"type":"t","data":${deep}}`, 'application/json'))).toEqual(['invalid', '/data too_deep']);
  expect(refused(binary(deep))).toEqual(['invalid', '/data too_deep']);
  expect(refused(post('{"type":"t","data":1,"\\u0074ype":"u"}', 'application/json'))).toEqual(['malformed']);
});

test('types and the source of what Hookstile tells itself are refused, in every form', () => {
  const type = 'hookstile.integration.failing';
  for (const reading of [plain({ type, data: 1 }), structured({ type, data: 1 }), binary('1', { 'ce-type': type })]) {
    expect(refused(reading)).toEqual(['reserved_type', '/type reserved_type']);
  }
  const source = 'hookstile:/config';
  expect(refused(structured({ type, source, data: 1 }))).toEqual(['reserved_type', '/type reserved_type']);
  expect(refused(plain({ type: 't', source, data: 1 }))).toEqual(['invalid', '/source reserved']);
  expect(accepted(plain({ type: 'hookstiles.x', data: 1 })).type).toBe('hookstiles.x');
});
