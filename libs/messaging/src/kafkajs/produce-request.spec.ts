import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crc32c } from './crc32c.js';
import { encodeProduce, isPlain, type ProduceArguments } from './produce-request.js';

const require = createRequire(import.meta.url);
const kafkajsProduce: (given: ProduceArguments) => {
  encode(): Promise<{ buffer: Buffer }>;
} = require('kafkajs/src/protocol/requests/produce/v3/request.js');

const NOW_MS = 1_767_323_045_678;

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const bytes = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
);
const message = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.dictionary(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })),
    {
      maxKeys: 12,
      noNullPrototype: true,
    },
  ),
});
const partition = fc.record({
  partition: fc.nat(100),
  firstSequence: fc.nat(1_000_000),
  messages: fc.array(message, { minLength: 1, maxLength: 80 }),
});
const produce = fc.record({
  acks: fc.constant(-1),
  timeout: fc.nat(60_000),
  topicData: fc.array(
    fc.record({ topic: fc.string({ minLength: 1, maxLength: 40 }), partitions: fc.array(partition, { maxLength: 3 }) }),
    { maxLength: 3 },
  ),
});

test('writes the same bytes as kafkajs', async () => {
  const property = fc.asyncProperty(produce, async (given) => {
    const { buffer } = await kafkajsProduce(given).encode();
    const own = encodeProduce(given, NOW_MS);
    expect(own.buffer.equals(buffer)).toBe(true);
    expect(own.size()).toBe(buffer.length);
  });
  await fc.assert(property, { numRuns: 100 });
});

test('writes values whose lengths take two to four bytes as kafkajs does', async () => {
  for (const length of [63, 64, 8_191, 8_192, 1_048_575, 1_048_576]) {
    const messages = [{ key: 'k', value: Buffer.alloc(length, 7), headers: {} }];
    const given = { acks: -1, timeout: 1, topicData: [{ topic: 't', partitions: [{ partition: 0, messages }] }] };
    const { buffer } = await kafkajsProduce(given).encode();
    expect(encodeProduce(given, NOW_MS).buffer.equals(buffer)).toBe(true);
  }
});

test.each([
  ['a compressed request', { compression: 1 }],
  ['a transactional producer', { transactionalId: 'tx' }],
  ['an idempotent producer', { producerId: 7 }],
])('leaves %s to kafkajs', (_, given) => {
  expect(isPlain({ acks: -1, timeout: 1, topicData: [], ...given })).toBe(false);
});

test('leaves records with timestamps of their own to kafkajs', () => {
  const messages = [{ key: null, value: null, timestamp: '1' }];
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }];
  expect(isPlain({ acks: -1, timeout: 1, topicData })).toBe(false);
});

test('computes the CRC-32C of the known check value', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});
