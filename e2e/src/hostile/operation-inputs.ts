import type { OperationEntry } from '@hookstile/service-runtime';
import { HOSTILE_JSON } from '@hookstile/testing';

/** What an operation is asked with, as its bytes. */
export interface HostileInput {
  name: string;
  path: string;
  headers: readonly string[];
  body: Buffer;
}

const SMALL_BYTES = 20_000;
const NO_BODY = Buffer.alloc(0);
const EMPTY_OBJECT = Buffer.from('{}');

/** Values of a parameter of the path, as they are sent. A new hazard is a new item, here and in the lists below. */
const PATH_VALUES = [
  '%00',
  'a%00b',
  '%ff',
  '%ED%A0%80',
  '%C0%AE',
  '%zz',
  '%',
  '%2',
  '..',
  '.',
  '%2e%2e',
  '%2e%2e%2f%2e%2e',
  '%2f',
  '%5c',
  '%0d%0aX-Evil:%20y',
  '%20',
  '%27%3B%20DROP%20TABLE%20tenants%3B--',
  '__proto__',
  'constructor',
  'null',
  '*',
  '0',
  '-1',
  '%7Bid%7D',
  '%24%7B7*7%7D',
  '%F0%9F%92%A9',
  '%E2%80%AE',
  'a:b',
  'x'.repeat(512),
  'x'.repeat(513),
  'x'.repeat(5_000),
] as const;

/** Behind the path of an operation. */
const PATH_ENDS = ['/', '//', '/..', '/%2e%2e', '/x/y/z', ';a=b', '%20', '%00', '.json', ':x', '/%ff'] as const;

const QUERIES = [
  '?',
  '??',
  '?=',
  '?&&&',
  '?%',
  '?x=%zz',
  '?%00=%00',
  '?limit=-1',
  '?limit=1e9',
  '?limit=NaN',
  '?limit=1&limit=2',
  '?limit[]=1',
  '?limit[$gt]=1',
  '?limit=%31',
  '?cursor=%00',
  '?cursor=%ff',
  '?cursor=eyJ9',
  `?cursor=${'A'.repeat(5_000)}`,
  '?cursor=WzFd',
  '?__proto__[a]=1',
  '?__proto__=1',
  '?constructor=1',
  '?since=0000-00-00',
  '?since=9'.padEnd(60, '9'),
  '?until=%00',
  '?since=-271821-04-20T00:00:00.000Z',
  '?q=%00',
  `?q=${'x'.repeat(4_000)}`,
  '?q=%5C',
  '?format=exe',
  '?format=__proto__',
  '?bucket=century',
  '?status=%27',
  '?httpStatus=1e3',
  `?${'a=&'.repeat(1_000)}`,
] as const;

const HEADERS: readonly (readonly string[])[] = [
  ['If-Match: "'],
  ['If-Match: W/"1"'],
  ['If-Match: *, *'],
  ['If-Match: "1", "2"'],
  [`If-Match: "${'9'.repeat(300)}"`],
  ['If-Match: \x80'],
  ['If-Match: "-1"'],
  ['If-Match: "1'],
  ['If-None-Match: *'],
  ['Idempotency-Key:'],
  [`Idempotency-Key: ${'k'.repeat(300)}`],
  ['Idempotency-Key: \xff'],
  ['Idempotency-Key: a', 'Idempotency-Key: b'],
  ['Accept: nonsense'],
  ['Accept: */*;q=0'],
  ['Accept: text/csv;q=abc'],
  [`Accept: ${'a/b,'.repeat(2_000)}`],
  ['Accept: ,,,;;;'],
  ['Hookstile-Tenant: __proto__'],
  ['Hookstile-Tenant: ../..'],
  [`Hookstile-Tenant: ${'x'.repeat(300)}`],
  ['Hookstile-Tenant: a', 'Hookstile-Tenant: b'],
  ["Hookstile-Tenant: ' OR 1=1"],
  ['Hookstile-Tenant: \xe9'],
  ['traceparent: 00-zz-zz-zz'],
  [`traceparent: ${'0'.repeat(5_000)}`],
  ['X-Request-Id: \x80'],
  [`X-Request-Id: ${'r'.repeat(5_000)}`],
  ['Range: bytes=0-0,-1'],
  ['Last-Event-ID: \xff'],
  ['Last-Event-ID: __proto__'],
  [`Last-Event-ID: ${'9'.repeat(400)}`],
  ['X-HTTP-Method-Override: DELETE'],
  ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: evil'],
  ['X-Original-URL: /v1/tenants'],
  ['Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'],
  ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
  ['Accept-Version: 1'],
  ['Cookie: a=b; __proto__=c'],
  ['Expect: 200-ok'],
  ['Max-Forwards: 0'],
  ['Content-Length: 0', 'Content-Length: 2'],
];

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/problem+json',
  'application/xml',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'application/grpc',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'text/plain',
  'text/html',
  'application/json, text/plain',
  '*/*',
  'a',
  '__proto__',
  `application/${'x'.repeat(4_000)}`,
] as const;

const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'bogus'] as const;

const JSON_BODIES = HOSTILE_JSON.filter(({ bytes }) => bytes.length < SMALL_BYTES);

const lengthOf = (body: Buffer) => `Content-Length: ${body.length}`;
const JSON_TYPE = 'Content-Type: application/json';

function withBody(name: string, path: string, body: Buffer, ...headers: string[]): HostileInput {
  return { name, path, headers: [...headers, lengthOf(body)], body };
}

/** All that is tried on an operation. `path` has the ids of things that are there, but where it would delete them. */
export function hostileInputsOf({ method, path: pattern }: OperationEntry, path: string): HostileInput[] {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const asked = (name: string, at: string, headers: readonly string[] = []): HostileInput => {
    const more =
      hasBody && !headers.some((line) => line.startsWith('Content-Length')) ? [JSON_TYPE, lengthOf(EMPTY_OBJECT)] : [];
    return { name, path: at, headers: [...headers, ...more], body: hasBody ? EMPTY_OBJECT : NO_BODY };
  };
  const inPath = pattern.includes('{') ? PATH_VALUES : [];
  return [
    ...inPath.map((value) => asked(`the parameter ${value.slice(0, 40)}`, pattern.replaceAll(/\{\w+\}/g, value))),
    ...PATH_ENDS.map((end) => asked(`${end} behind the path`, `${path}${end}`)),
    ...QUERIES.map((query) => asked(`the query ${query.slice(0, 40)}`, `${path}${query}`)),
    ...HEADERS.map((lines) => asked(`the header ${lines.join(' and ').slice(0, 60)}`, path, lines)),
    ...CONTENT_TYPES.map((type) =>
      withBody(`a body of ${type.slice(0, 40)}`, path, EMPTY_OBJECT, `Content-Type: ${type}`),
    ),
    ...ENCODINGS.map((encoding) =>
      withBody(`a body in ${encoding}`, path, EMPTY_OBJECT, JSON_TYPE, `Content-Encoding: ${encoding}`),
    ),
    ...JSON_BODIES.map(({ name, bytes }) => withBody(`the body: ${name}`, path, bytes, JSON_TYPE)),
  ];
}
