import { connect } from 'node:net';
import {
  type FaultProxy,
  isKafkaProduce,
  randomSuffix,
  randomTopicPrefix,
  startFaultProxy,
  testBrokers,
  until,
} from '@hookstile/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Messaging } from '../port/messaging.js';
import type { OutgoingRecord } from '../port/records.js';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

const REQUEST_TIMEOUT_MS = 1_000;
/** A member of a group waits for its session and 5 s. */
const SESSION_TIMEOUT_MS = 6_000;
const NOTICED_WITHIN_MS = 25_000;
const TEST_TIMEOUT_MS = 60_000;

describe('broken connections', () => {
  const brokers = testBrokers();
  const topic = `${randomTopicPrefix('broken')}records`;
  let proxy: FaultProxy;
  let messaging: Messaging;

  const record = (value: string): OutgoingRecord => {
    return { topic, partition: 0, key: 'k', headers: {}, value: Buffer.from(value) };
  };

  beforeAll(async () => {
    const [host = '', port = ''] = brokers[0]?.split(':') ?? [];
    proxy = await startFaultProxy({ target: { host, port: Number(port) } });
    messaging = await connectMessaging({
      brokers,
      clientId: 'broken',
      socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
    await messaging.createTopics([{ name: topic, partitions: 1 }], 1);
  });
  afterAll(async () => {
    await messaging.close();
    await proxy.close();
    await deleteWithPrefix(brokers, topic);
  });

  const written = async () => {
    const values: string[] = [];
    const to = await messaging.endOffset({ topic, partition: 0 });
    const onRecords = (records: readonly { value: Buffer | null }[]) =>
      void values.push(...records.map(({ value }) => `${value}`));
    await messaging.readRange({ topic, partition: 0, from: 0, to, onRecords });
    return values.join('');
  };

  it('writes the records of a request whose answer was lost again, before any later record', async () => {
    const publisher = await messaging.publisher({ name: 'broken' });
    await publisher.publish([record('a')]);
    const lost = proxy.loseAnswerTo(isKafkaProduce);
    const bc = publisher.publish([record('b'), record('c')]);
    await until(() => publisher.healthy === false);
    expect(await lost).toBe(true);
    const d = publisher.publish([record('d')]);
    expect(await Promise.all([bc, d])).toEqual([[3, 4], [5]]);
    expect(await written()).toBe('abcbcd');
    expect(publisher.healthy).toBe(true);
    await publisher.close(1_000);
  });

  /** Everything that reads or writes, at work when `break_` comes; resolves once all of it works again. */
  const worksAgainAfter = async (break_: () => void) => {
    const [before, after] = [`before-${randomSuffix()}`, `after-${randomSuffix()}`];
    const publisher = await messaging.publisher({ name: 'broken' });
    const followed: string[] = [];
    const follower = await messaging.follow({
      topic,
      onRecords: (records) => followed.push(...records.map(({ value }) => `${value}`)),
    });
    const read: string[] = [];
    const subscription = await messaging.subscribe({
      groupId: `${topic}-${randomSuffix()}`,
      topics: [topic],
      from: 'beginning',
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      onAssignment: () => {},
      onBatch: ({ records }) => read.push(...records.map(({ value }) => `${value}`)),
    });
    await publisher.publish([record(before)]);
    await until(() => read.includes(before) && followed.includes(before));
    break_();
    const [[offset = -1], end] = await Promise.all([
      publisher.publish([record(after)]),
      messaging.endOffset({ topic, partition: 0 }),
    ]);
    expect(end).toBeGreaterThan(0);
    await until(() => followed.includes(after) && read.includes(after), { timeoutMs: NOTICED_WITHIN_MS });
    expect(await messaging.endOffset({ topic, partition: 0 })).toBeGreaterThan(offset);
    await messaging.ping();
    await Promise.all([follower.stop(), subscription.stop(), publisher.close(1_000)]);
  };

  it('goes on writing, following, reading a group and asking for offsets after every connection broke', () =>
    worksAgainAfter(() => proxy.reset()));

  it(
    'gives up connections on which no answer comes, for nothing else tells of a half-open one',
    () => worksAgainAfter(() => proxy.silence()),
    TEST_TIMEOUT_MS,
  );

  it('takes a pause and a resume also while kafkajs has given up and is not yet started again', async () => {
    const subscription = await messaging.subscribe({
      groupId: `${topic}-down`,
      topics: [topic],
      from: 'end',
      onAssignment: () => {},
      onBatch: () => {},
    });
    await (subscription as unknown as { consumer: { stop(): Promise<void> } }).consumer.stop();
    const partition = { topic, partition: 0 };
    expect(() => {
      subscription.pause([partition]);
      subscription.resume([partition]);
      subscription.seek({ ...partition, offset: 0 });
    }).not.toThrow();
    await subscription.stop();
  });
});
