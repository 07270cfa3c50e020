import { connect, createServer, type Server, type Socket } from 'node:net';
import { randomTopicPrefix, testBrokers, until } from '@hookstile/testing';
import type { ISocketFactory } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Messaging } from '../port/messaging.js';
import type { OutgoingRecord } from '../port/records.js';
import { connectMessaging } from './connect.js';
import { deleteWithPrefix } from './delete-with-prefix.js';

/** Stands between client and broker; can drop the broker's next answer together with the connection. */
async function startProxy(broker: string) {
  const [host = '', port = ''] = broker.split(':');
  const sockets = new Set<Socket>();
  let cutNext = false;
  const server: Server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => upstream.write(bytes));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (bytes) => {
      if (!cutNext) {
        client.write(bytes);
        return;
      }
      cutNext = false;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxyPort = typeof address === 'object' && address ? address.port : 0;
  const socketFactory: ISocketFactory = ({ onConnect }) => connect(proxyPort, '127.0.0.1', onConnect);
  return {
    socketFactory,
    cutNextAnswer: () => {
      cutNext = true;
    },
    cutAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('broken connections', () => {
  const brokers = testBrokers();
  const topic = `${randomTopicPrefix('broken')}records`;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let messaging: Messaging;

  const record = (value: string): OutgoingRecord => {
    return { topic, partition: 0, key: 'k', headers: {}, value: Buffer.from(value) };
  };

  beforeAll(async () => {
    proxy = await startProxy(brokers[0] ?? '');
    messaging = await connectMessaging({ brokers, clientId: 'broken', socketFactory: proxy.socketFactory });
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
    proxy.cutNextAnswer();
    const bc = publisher.publish([record('b'), record('c')]);
    await until(() => publisher.healthy === false);
    const d = publisher.publish([record('d')]);
    expect(await Promise.all([bc, d])).toEqual([[3, 4], [5]]);
    expect(await written()).toBe('abcbcd');
    expect(publisher.healthy).toBe(true);
    await publisher.close(1_000);
  });

  it('goes on following, reading a group and asking for offsets after every connection broke', async () => {
    const publisher = await messaging.publisher({ name: 'broken' });
    const followed: string[] = [];
    const follower = await messaging.follow({
      topic,
      onRecords: (records) => followed.push(...records.map(({ value }) => `${value}`)),
    });
    const read: string[] = [];
    const subscription = await messaging.subscribe({
      groupId: `${topic}-group`,
      topics: [topic],
      from: 'beginning',
      onAssignment: () => {},
      onBatch: ({ records }) => read.push(...records.map(({ value }) => `${value}`)),
    });
    await until(() => read.length >= 1);
    proxy.cutAll();
    const [offset = -1] = await publisher.publish([record('after')]);
    await until(() => followed.includes('after') && read.includes('after'), { timeoutMs: 20_000 });
    expect(await messaging.endOffset({ topic, partition: 0 })).toBeGreaterThan(offset);
    await messaging.ping();
    await Promise.all([follower.stop(), subscription.stop(), publisher.close(1_000)]);
  });

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
