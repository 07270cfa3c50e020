import { until } from '@hookstile/testing';
import type { Batch, Consumer, ConsumerConfig, ConsumerRunConfig, Kafka } from 'kafkajs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SubscriptionOptions } from '../port/messaging.js';
import { silentLogger } from '../port/messaging-logger.js';
import type { RecordBatch, TopicPartition } from '../port/records.js';
import type { Client } from './client.js';
import { KafkajsSubscription } from './subscription.js';

type Payload = Record<string, unknown>;

/** kafkajs's consumer, as far as its hazards go. */
class FakeConsumer {
  readonly events = { GROUP_JOIN: 'join', FETCH_START: 'fetch', CRASH: 'crash' };
  readonly listeners = new Map<string, (event: { payload: Payload }) => void>();
  readonly paused_ = new Set<number>();
  config: ConsumerConfig | null = null;
  runs: ConsumerRunConfig[] = [];
  commits: unknown[] = [];
  disconnects = 0;
  joinsAtRun = true;

  on(event: string, listener: (event: { payload: Payload }) => void): void {
    this.listeners.set(event, listener);
  }
  async connect(): Promise<void> {}
  async subscribe(): Promise<void> {}
  async run(config: ConsumerRunConfig): Promise<void> {
    this.runs.push(config);
    if (this.joinsAtRun) this.join(0, 1);
  }
  async disconnect(): Promise<void> {
    this.disconnects += 1;
  }
  async commitOffsets(offsets: unknown[]): Promise<void> {
    this.commits.push(...offsets);
  }
  pause(topics: { partitions: number[] }[]): void {
    for (const { partitions } of topics) for (const partition of partitions) this.paused_.add(partition);
  }
  resume(topics: { partitions: number[] }[]): void {
    for (const { partitions } of topics) for (const partition of partitions) this.paused_.delete(partition);
  }
  paused(): { topic: string; partitions: number[] }[] {
    return this.paused_.size === 0 ? [] : [{ topic: 't', partitions: [...this.paused_] }];
  }
  seek(): void {
    throw new Error('Consumer group was not initialized, consumer#run must be called first');
  }

  emit(event: string, payload: Payload): void {
    this.listeners.get(event)?.({ payload });
  }
  join(...partitions: number[]): void {
    this.emit('join', { groupId: 'g', memberAssignment: { t: partitions } });
  }
  async fetched(partition: number): Promise<void> {
    const message = { offset: '5', timestamp: '0', key: null, value: Buffer.from('v'), headers: {} };
    const batch = { topic: 't', partition, messages: [message], highWatermark: '6' } as unknown as Batch;
    await this.runs.at(-1)?.eachBatch?.({ batch } as never);
  }
}

let consumer: FakeConsumer;
let batches: RecordBatch[];
let assignments: (readonly TopicPartition[])[];
let subscription: KafkajsSubscription;
let memberTimeouts: number[];

function subscribe(options: Partial<SubscriptionOptions> = {}): KafkajsSubscription {
  const kafka = {
    consumer: (config: ConsumerConfig) => {
      consumer.config = config;
      return consumer as unknown as Consumer;
    },
  } as unknown as Kafka;
  const memberKafka = (sessionTimeoutMs: number) => {
    memberTimeouts.push(sessionTimeoutMs);
    return kafka;
  };
  subscription = new KafkajsSubscription({ memberKafka, logger: silentLogger } as unknown as Client, {
    groupId: 'g',
    topics: ['t'],
    from: 'beginning',
    onBatch: (batch) => void batches.push(batch),
    onAssignment: (partitions) => void assignments.push(partitions),
    ...options,
  });
  return subscription;
}

beforeEach(() => {
  consumer = new FakeConsumer();
  batches = [];
  assignments = [];
  memberTimeouts = [];
});

const partition = (number: number): TopicPartition => ({ topic: 't', partition: number });

describe('a subscription through kafkajs', () => {
  it('commits nothing by itself and does not wait long for records', async () => {
    await subscribe().start();
    expect(consumer.runs[0]).toMatchObject({ autoCommit: false });
    expect(consumer.config?.maxWaitTimeInMs).toBeLessThanOrEqual(500);
    expect(memberTimeouts).toEqual([consumer.config?.sessionTimeout]);
  });

  it('commits only positions of partitions that are its own', async () => {
    await subscribe().start();
    await subscription.commit([
      { ...partition(1), offset: 4 },
      { ...partition(2), offset: 9 },
    ]);
    await subscription.commit([{ ...partition(2), offset: 9 }]);
    expect(consumer.commits).toEqual([{ topic: 't', partition: 1, offset: '4' }]);
  });

  it('lifts all pauses at an assignment, for kafkajs keeps those of the assignment before', async () => {
    await subscribe().start();
    subscription.pause([partition(0), partition(1)]);
    consumer.join(1);
    expect(consumer.paused()).toEqual([]);
    expect(assignments).toEqual([[partition(0), partition(1)], [partition(1)]]);
  });

  it('hands over no batch of a partition that went', async () => {
    await subscribe().start();
    consumer.join(1);
    await consumer.fetched(0);
    await consumer.fetched(1);
    expect(batches.map((batch) => batch.partition)).toEqual([1]);
  });

  it('lets no error of a handler out, for kafkajs would start the consumer again', async () => {
    const failing = () => {
      throw new Error('a bug');
    };
    await subscribe({ onBatch: failing, onAssignment: failing }).start();
    await consumer.fetched(0);
    expect(consumer.runs).toHaveLength(1);
  });

  it('starts again where kafkajs gives up for good, and leaves the rest to kafkajs', async () => {
    await subscribe().start();
    consumer.emit('crash', { error: new Error('x'), groupId: 'g', restart: true });
    consumer.emit('crash', { error: new Error('x'), groupId: 'g', restart: false });
    await until(() => consumer.runs.length > 1);
    expect(consumer.runs).toHaveLength(2);
  });

  it('throws at nothing that is asked of it between a crash and the next run', async () => {
    await subscribe().start();
    expect(() => subscription.seek({ ...partition(0), offset: 1 })).not.toThrow();
  });

  it('that was stopped during its join leaves once it has joined, for kafkajs has ignored the stop', async () => {
    consumer.joinsAtRun = false;
    const started = subscribe().start();
    await until(() => consumer.runs.length === 1);
    await Promise.all([subscription.stop(), started]);
    expect(consumer.disconnects).toBe(1);
    consumer.join(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect([consumer.disconnects, assignments]).toEqual([2, []]);
    consumer.emit('crash', { error: new Error('x'), groupId: 'g', restart: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(consumer.disconnects).toBe(3);
  });
});
