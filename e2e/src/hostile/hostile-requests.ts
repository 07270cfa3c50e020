import { chunked } from './raw-exchange.js';

const MEGABYTE = 1024 * 1024;
const EVENT = '{"type":"t","data":1}';
const JSON_TYPE = 'Content-Type: application/json';
const BINARY = ['ce-specversion: 1.0', 'ce-id: e', 'ce-source: /s', 'ce-type: t'];

/** A request for POST /v1/events as its bytes; the statuses that are right, where none is a closed connection. */
export interface HostileRequest {
  name: string;
  headers: readonly string[];
  body: Buffer;
  right: readonly ('none' | number)[];
}

const lengthOf = (body: string | Buffer) => `Content-Length: ${Buffer.byteLength(body)}`;

const request = (
  name: string,
  right: HostileRequest['right'],
  headers: readonly string[],
  body: string | Buffer = EVENT,
): HostileRequest => ({ name, right, headers, body: Buffer.from(body as string) });

/** With a body whose length is told as it is. */
const typed = (name: string, right: number, headers: readonly string[], body: string | Buffer = EVENT) =>
  request(name, [right], [...headers, lengthOf(body)], body);

const manyHeaders = (count: number, size: number) =>
  Array.from({ length: count }, (_, n) => `x-${n}: ${'v'.repeat(size)}`);

/** What no client of ours would send. A new hazard is a new line here. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  request('a length that is too short', [400], [JSON_TYPE, 'Content-Length: 5']),
  request('a length that is too long', ['none', 400], [JSON_TYPE, 'Content-Length: 5000']),
  request('a length below zero', [400], [JSON_TYPE, 'Content-Length: -1']),
  request('a length that is no number', [400], [JSON_TYPE, 'Content-Length: 0x15']),
  request('a length of a hundred digits', [400, 413], [JSON_TYPE, `Content-Length: ${'9'.repeat(100)}`]),
  request('two lengths', [400], [JSON_TYPE, lengthOf(EVENT), 'Content-Length: 5']),
  request('a length of many gigabytes', [413], [JSON_TYPE, 'Content-Length: 999999999999']),
  request('a length and chunks', [400], [JSON_TYPE, lengthOf(EVENT), 'Transfer-Encoding: chunked']),
  request('no length', [400], [JSON_TYPE], ''),
  request('chunks', [202], [JSON_TYPE, 'Transfer-Encoding: chunked'], chunked(Buffer.from(EVENT), 3)),
  request('a chunk without a size', [400], [JSON_TYPE, 'Transfer-Encoding: chunked'], `zz\r\n${EVENT}\r\n0\r\n\r\n`),
  request('chunks without an end', ['none', 400], [JSON_TYPE, 'Transfer-Encoding: chunked'], `15\r\n${EVENT}\r\n`),
  request('an encoding of the transfer that nobody knows', [400, 415, 501], [JSON_TYPE, 'Transfer-Encoding: bogus']),
  request(
    'chunks of more than a batch',
    [413],
    [JSON_TYPE, 'Transfer-Encoding: chunked'],
    chunked(Buffer.alloc(6 * MEGABYTE, 0x20), 64 * 1024),
  ),
  typed('more than a batch', 413, [JSON_TYPE], Buffer.alloc(5 * MEGABYTE, 0x20)),
  typed('no content type', 415, []),
  typed('an empty content type', 415, ['Content-Type:']),
  typed('a content type that is none', 415, ['Content-Type: ;;;']),
  typed('another content type', 415, ['Content-Type: text/plain']),
  typed('a list of content types', 415, ['Content-Type: application/json, text/plain']),
  typed('CloudEvents in XML', 415, ['Content-Type: application/cloudevents+xml']),
  typed('a content type of 10 KB', 415, [`Content-Type: ${'a'.repeat(10_000)}/json`]),
  typed('a charset in capitals', 202, [`${JSON_TYPE}; charset=UTF-8`]),
  typed('a charset in quotes', 202, [`${JSON_TYPE}; Charset="utf-8"`]),
  typed('another charset', 415, [`${JSON_TYPE}; charset=iso-8859-1`]),
  typed('UTF-16 that says so', 415, [`${JSON_TYPE}; charset=utf-16`], Buffer.from(EVENT, 'utf16le')),
  typed('a content encoding', 415, [JSON_TYPE, 'Content-Encoding: gzip']),
  typed('headers above their bound', 431, [JSON_TYPE, ...manyHeaders(20, 1_000)]),
  typed('more headers than Node keeps', 431, [JSON_TYPE, ...manyHeaders(3_000, 1)]),
  typed('a header without a name', 400, [JSON_TYPE, ': x']),
  typed('a header with a NUL', 400, [JSON_TYPE, 'x-a: a\0b']),
  typed('a header on two lines', 400, [JSON_TYPE, 'x-a: a\r\n b']),
  typed('an attribute twice', 400, [JSON_TYPE, ...BINARY, 'CE-ID: f'], '1'),
  typed('an attribute that is no UTF-8', 400, [JSON_TYPE, ...BINARY, 'ce-subject: %ff'], '1'),
  typed('an attribute named as what objects inherit', 422, [JSON_TYPE, ...BINARY, 'ce-__proto__: x'], '1'),
  typed('an extension named as what objects inherit', 202, [JSON_TYPE, ...BINARY, 'ce-constructor: x'], '1'),
  typed('more attributes than an event has', 422, [JSON_TYPE, ...BINARY, ...manyAttributes(70)], '1'),
  typed('the attributes of an event and the body of another', 422, ['Content-Type: text/plain', ...BINARY], 'hello'),
  typed('attributes without data', 422, [JSON_TYPE, ...BINARY], ''),
];

function manyAttributes(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `ce-e${n}: v`);
}
