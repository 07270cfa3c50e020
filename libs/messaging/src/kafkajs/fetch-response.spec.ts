import { createRequire } from 'node:module';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { compressFrameSync as compressLz4 } from 'lz4-napi';
import { compressSync as compressSnappy } from 'snappy';
import { expect, test } from 'vitest';
import { FETCH_MAX_RECORDS, FETCH_UNPACKED_MAX_BYTES } from './fetch.bounds.js';
import { type FetchResponse, readFetchResponse } from './fetch-response.js';
import type { WireMessage } from './internals.js';
import { WireWriter } from './wire-writer.js';

interface Encoded {
  buffer: Buffer;
}

interface BatchFields {
  compression: number;
  firstOffset: number;
  lastOffsetDelta: number;
  firstTimestamp: number;
  maxTimestamp: number;
  producerId: number;
  transactional: boolean;
  records: Encoded[];
}

const require = createRequire(import.meta.url);
const recordBatch = require('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(fields: Partial<BatchFields>): Promise<Encoded>;
};
const encodeRecord: (record: object) => Encoded = require('kafkajs/src/protocol/recordBatch/record/v0/index.js');
const kafkajsDecode: (raw: Buffer) => Promise<FetchResponse> =
  require('kafkajs/src/protocol/requests/fetch/v11/response.js').decode;

const NONE = 0;
const GZIP = 1;
const ATTRIBUTES_AT = 21;

interface GivenRecord {
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer>;
}

async function batchOf(records: readonly GivenRecord[], fields: Partial<BatchFields> = {}): Promise<Buffer> {
  const encoded = records.map((record, offsetDelta) => encodeRecord({ offsetDelta, timestampDelta: 5, ...record }));
  const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_000_005 };
  const own = { firstOffset: 100, lastOffsetDelta: records.length - 1, records: encoded, ...times };
  return (await recordBatch.RecordBatch({ ...own, ...fields })).buffer;
}

/** A batch of `count` records whose packed bytes are given, as a producer that means ill makes it. */
async function packedBatch(codec: number, packed: Buffer, count = 1): Promise<Buffer> {
  const batch = await batchOf(Array<GivenRecord>(count).fill({ key: null, value: Buffer.from('x'), headers: {} }));
  const header = Buffer.from(batch.subarray(0, 61));
  header.writeInt16BE(codec, ATTRIBUTES_AT);
  header.writeInt32BE(61 - 12 + packed.length, 8);
  return Buffer.concat([header, packed]);
}

interface Told {
  errorCode?: number;
  replica?: number;
}

function answerOf(partitions: readonly Buffer[], { errorCode = 0, replica = -1 }: Told = {}): Buffer {
  const string = Buffer.from('\0\u0001t', 'latin1');
  const parts = partitions.map((records, partition) => {
    const header = Buffer.alloc(4 + 2 + 24 + 4 + 16 + 4 + 4);
    header.writeInt32BE(partition);
    header.writeInt16BE(errorCode, 4);
    header.writeBigInt64BE(999n, 6);
    header.writeInt32BE(1, 30);
    header.writeBigInt64BE(7n, 34);
    header.writeBigInt64BE(8n, 42);
    header.writeInt32BE(replica, 50);
    header.writeInt32BE(records.length, 54);
    return Buffer.concat([header, records]);
  });
  const head = Buffer.alloc(14);
  head.writeInt32BE(1, 10);
  const count = Buffer.alloc(4);
  count.writeInt32BE(partitions.length);
  return Buffer.concat([head, string, count, ...parts]);
}

async function messagesOf(...partitions: Buffer[]): Promise<WireMessage[][]> {
  const { responses } = await readFetchResponse(answerOf(partitions));
  return responses.flatMap((topic) => topic.partitions.map(({ messages }) => messages));
}

const HELLO = { key: Buffer.from('k'), value: Buffer.from('hello'), headers: { a: Buffer.from('b') } };
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const given = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  // kafkajs's own decoder takes what every object inherits for a header's earlier value.
  headers: fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), bytes, { maxKeys: 5, noNullPrototype: true }),
});
const batch = fc.record({
  records: fc.array(given, { minLength: 1, maxLength: 10 }),
  compression: fc.constantFrom(NONE, GZIP),
  transactional: fc.boolean(),
});

function withRecords({ responses, ...rest }: FetchResponse): FetchResponse {
  const told = ({ partitions, topicName }: FetchResponse['responses'][number]) => ({
    topicName,
    partitions: partitions.filter(({ messages }) => messages.length > 0),
  });
  return { ...rest, responses: responses.map(told) };
}

test('reads what kafkajs reads, packed or not', async () => {
  const property = fc.asyncProperty(
    fc.array(fc.array(batch, { maxLength: 3 }), { maxLength: 3 }),
    async (partitions) => {
      const logs = partitions.map(async (batches) => {
        const encoded = batches.map(({ records, ...fields }, i) =>
          batchOf(records, { ...fields, firstOffset: 10 * i }),
        );
        return Buffer.concat(await Promise.all(encoded));
      });
      const answer = answerOf(await Promise.all(logs));
      expect(withRecords(await kafkajsDecode(answer))).toMatchObject(await readFetchResponse(answer));
    },
  );
  await fc.assert(property, { numRuns: 100 });
});

test('leaves out partitions that have nothing to tell', async () => {
  const log = await batchOf([HELLO]);
  const { responses } = await readFetchResponse(answerOf([Buffer.alloc(0), log, Buffer.alloc(0)]));
  expect(responses[0]?.partitions).toMatchObject([{ partition: 1, messages: [{ offset: '100' }] }]);
});

test.each([{ errorCode: 6 }, { replica: 2 }])('names a partition without records that tells of %o', async (told) => {
  const { responses } = await readFetchResponse(answerOf([Buffer.alloc(0)], told));
  expect(responses[0]?.partitions).toMatchObject([{ partition: 0, messages: [] }]);
});

test('reads zstd', async () => {
  const plain = (await batchOf([HELLO])).subarray(61);
  const [messages] = await messagesOf(await packedBatch(4, zstdCompressSync(plain)));
  expect(messages).toMatchObject([{ offset: '100', value: HELLO.value, headers: HELLO.headers }]);
});

const bomb = (pack: (bytes: Buffer) => Buffer) => pack(Buffer.alloc(64 * 1024 * 1024));

test.each([
  ['a gzip bomb', 1, () => bomb(gzipSync), 'too_large'],
  ['a zstd bomb', 4, () => bomb(zstdCompressSync), 'too_large'],
  ['bytes that are no gzip', 1, () => Buffer.from('hello'), 'malformed'],
  ['bytes that are no zstd', 4, () => Buffer.from('hello'), 'malformed'],
  ['records that are none', 1, () => gzipSync(Buffer.from('hello')), 'malformed'],
  ['a snappy bomb', 2, () => bomb(compressSnappy), 'too_large'],
  ['an lz4 bomb', 3, () => bomb(compressLz4), 'too_large'],
  ['bytes that are no snappy', 2, () => Buffer.from('hello'), 'malformed'],
  ['bytes that are no lz4', 3, () => Buffer.from('hello'), 'malformed'],
  ['a codec that Kafka has not yet', 7, () => Buffer.from('hello'), 'unsupported_compression'],
])('%s has a place at each of its offsets, and what follows is read', async (_, codec, packed, code) => {
  const good = await batchOf([HELLO], { firstOffset: 103 });
  const [messages] = await messagesOf(Buffer.concat([await packedBatch(codec, packed(), 3), good]));
  expect(messages?.map(({ offset, value, unreadable }) => [offset, value, unreadable?.code])).toEqual([
    ['100', null, code],
    ['101', null, code],
    ['102', null, code],
    ['103', HELLO.value, undefined],
  ]);
});

test('of a batch with too many records the last offset stands for all, and nothing is unpacked', async () => {
  const count = FETCH_MAX_RECORDS + 1;
  const [messages] = await messagesOf(await packedBatch(1, Buffer.from('never looked at'), count));
  expect(messages).toMatchObject([{ offset: `${99 + count}`, unreadable: { code: 'too_large', records: count } }]);
});

test('what an answer holds beyond its bounds is left to the next fetch, but its first batch', async () => {
  const half = Buffer.alloc(FETCH_UNPACKED_MAX_BYTES / 2);
  const large = (firstOffset: number) => batchOf([{ ...HELLO, value: half }], { compression: GZIP, firstOffset });
  const [first, second] = await messagesOf(
    Buffer.concat([await large(100), await large(101), await large(102)]),
    await batchOf([HELLO]),
  );
  expect(first?.map(({ offset }) => offset)).toEqual(['100', '101']);
  expect(second).toEqual([]);
});

test('a batch that the fetch cut off is left to the next one', async () => {
  const log = Buffer.concat([await batchOf([HELLO]), await batchOf([HELLO], { firstOffset: 101 })]);
  for (const length of [log.length - 1, log.length / 2 + 3]) {
    const [messages] = await messagesOf(log.subarray(0, length));
    expect(messages?.map(({ offset }) => offset)).toEqual(['100']);
  }
});

test('a hundred thousand headers are read in linear time, and each name is only a name', async () => {
  const names = Array.from({ length: 100_000 }, (_, n) => `h${n}`);
  const headers = Object.fromEntries([...names, 'constructor', 'toString'].map((name) => [name, HELLO.value]));
  Object.defineProperty(headers, '__proto__', { value: HELLO.value, enumerable: true });
  const [messages] = await messagesOf(await batchOf([{ ...HELLO, headers }]));
  const read = messages?.[0]?.headers ?? {};
  expect(Object.keys(read)).toHaveLength(100_003);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  expect(Object.getOwnPropertyDescriptor(read, '__proto__')?.value).toEqual(HELLO.value);
});

/** A record of so many headers, each with a name of its own, as small as headers can be. */
function recordOfHeaders(count: number): Buffer {
  const head = new WireWriter(Buffer.alloc(32));
  head.int8(0);
  for (const number of [0, 0, -1, -1, count]) head.varInt(number);
  const body = Buffer.alloc(head.at + 6 * count);
  head.buffer.copy(body, 0, 0, head.at);
  for (let n = 0, at = head.at; n < count; n += 1, at += 6) {
    body[at] = 8;
    for (let i = 0; i < 4; i += 1) body[at + 1 + i] = (n >> (7 * i)) & 0x7f;
    body[at + 5] = 1;
  }
  const length = new WireWriter(Buffer.alloc(8));
  length.varInt(body.length);
  return Buffer.concat([length.buffer.subarray(0, length.at), body]);
}

test('a batch of millions of headers is too large, and none of them is read', async () => {
  const [messages] = await messagesOf(await packedBatch(4, zstdCompressSync(recordOfHeaders(2_700_000))));
  expect(messages).toMatchObject([{ offset: '100', unreadable: { code: 'too_large' } }]);
});
