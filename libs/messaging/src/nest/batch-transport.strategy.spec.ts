import 'reflect-metadata';
import { until } from '@hookstile/testing';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMessaging } from '../fake/messaging.fake.js';
import { silentLogger } from '../port/messaging-logger.js';
import { type BatchTransportOptions, BatchTransportStrategy, type MergedBatch } from './batch-transport.strategy.js';

let handle: (batch: MergedBatch) => Promise<unknown>;

@Controller()
class RoutingsConsumer {
  @EventPattern('routings')
  async consume(@Payload() batch: MergedBatch): Promise<unknown> {
    return handle(batch);
  }
}

@Module({ controllers: [RoutingsConsumer] })
class ConsumerModule {}

const TOPIC = 'p.routings';
const GROUP = 'audit';

describe('batch transport', () => {
  let messaging: FakeMessaging;
  let app: INestMicroservice;
  let strategy: BatchTransportStrategy;
  let batches: MergedBatch[];

  const write = (partition: number, ...values: string[]) => {
    for (const value of values) {
      messaging.append({ topic: TOPIC, partition, key: 'k', headers: {}, value: Buffer.from(value) });
    }
  };
  const start = async (options: Partial<BatchTransportOptions> = {}) => {
    strategy = new BatchTransportStrategy({
      messaging,
      groupId: GROUP,
      topicOf: (pattern) => `p.${pattern}`,
      commitIntervalMs: 1,
      retryDelayMs: 1,
      ...options,
    });
    app = await NestFactory.createMicroservice(ConsumerModule, { strategy, logger: false });
    await app.listen();
  };
  const valuesOf = ({ records }: MergedBatch) => records.map(({ value }) => value?.toString());
  const committed = (partition: number) => messaging.committed(GROUP, { topic: TOPIC, partition });

  beforeEach(() => {
    messaging = new FakeMessaging({ partitions: 2 });
    batches = [];
    handle = async (batch) => void batches.push(batch);
  });
  afterEach(() => app.close());

  it('merges the records of all partitions and commits behind them once the handler has resolved', async () => {
    const release = Promise.withResolvers<void>();
    handle = async (batch) => {
      batches.push(batch);
      await release.promise;
    };
    write(0, 'a', 'b');
    write(1, 'c');
    await start({ lingerMs: 5 });
    await until(() => batches.length >= 1);
    expect(batches.map(valuesOf)).toEqual([['a', 'b', 'c']]);
    expect(committed(0)).toBeUndefined();
    release.resolve();
    await until(() => committed(0) === 2 && committed(1) === 1);
  });

  it('stops one partition where the handler says so, unready, and goes on with the others', async () => {
    handle = async (batch) => {
      batches.push(batch);
      const newer = batch.records.find(({ value }) => value?.toString() === 'newer');
      return newer && { stopped: [{ partition: newer.partition, offset: newer.offset, reason: 'v2' }] };
    };
    write(0, 'a', 'newer', 'b');
    await start();
    await until(() => committed(0) === 1);
    expect(() => strategy.checkHealth()).toThrow('p.routings/0 is stopped at offset 1: v2');
    write(0, 'c');
    write(1, 'd', 'e');
    await until(() => committed(1) === 2);
    messaging.rebalance(GROUP);
    write(1, 'f');
    await until(() => committed(1) === 3);
    expect(committed(0)).toBe(1);
    expect(batches.flatMap(valuesOf)).not.toContain('c');
  });

  it('hands the same records over again after a rejection, and skips none', async () => {
    let failures = 2;
    handle = async (batch) => {
      batches.push(batch);
      failures -= 1;
      if (failures >= 0) throw new Error('the database is away');
    };
    write(0, 'a');
    await start();
    await until(() => batches.length >= 1);
    write(0, 'b');
    await until(() => committed(0) === 2);
    expect(batches.map(valuesOf)).toEqual([['a'], ['a'], ['a'], ['b']]);
  });

  it('takes at most as many records at once as a batch may have', async () => {
    write(0, '1', '2', '3', '4', '5');
    await start({ batchMaxRecords: 2 });
    await until(() => committed(0) === 5);
    expect(batches.map(valuesOf)).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });

  it('does not linger once a batch is full', async () => {
    write(0, '1', '2');
    await start({ batchMaxRecords: 2, lingerMs: 60_000 });
    await until(() => batches.length >= 1);
  });

  it('pauses a topic whose handler lags, and reads all of it in the end', async () => {
    const release = Promise.withResolvers<void>();
    handle = async (batch) => {
      batches.push(batch);
      await release.promise;
    };
    await start({ bufferMaxRecords: 4, batchMaxRecords: 2 });
    write(0, '1', '2', '3', '4', '5', '6');
    await until(() => batches.length >= 1);
    write(0, '7');
    await new Promise((resolve) => setImmediate(resolve));
    release.resolve();
    await until(() => committed(0) === 7);
    expect(batches.flatMap(valuesOf)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  });

  it('drops what a rejoin brings again of a partition it kept', async () => {
    const release = Promise.withResolvers<void>();
    handle = async (batch) => {
      batches.push(batch);
      await release.promise;
    };
    write(0, 'a', 'b');
    await start();
    await until(() => batches.length >= 1);
    messaging.rebalance(GROUP);
    write(0, 'c');
    release.resolve();
    await until(() => committed(0) === 3);
    expect(batches.flatMap(valuesOf)).toEqual(['a', 'b', 'c']);
  });

  it('goes on after a rejoin that brought nothing but what it had handled', async () => {
    write(0, 'a');
    await start({ commitIntervalMs: 60_000 });
    await until(() => batches.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    messaging.rebalance(GROUP);
    await new Promise((resolve) => setImmediate(resolve));
    write(0, 'b');
    await until(() => batches.length === 2);
    expect(batches.map(valuesOf)).toEqual([['a'], ['b']]);
  });

  it('lets the handler finish what is buffered, and commits it, before it leaves the group', async () => {
    write(0, 'a');
    await start({ lingerMs: 60_000, commitIntervalMs: 60_000 });
    await until(() => messaging.records(TOPIC).length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    await app.close();
    expect(batches.map(valuesOf)).toEqual([['a']]);
    expect(committed(0)).toBe(1);
  });

  it('gives up a batch that is never taken when the time to drain is over', async () => {
    handle = () => Promise.reject(new Error('never'));
    write(0, 'a');
    await start({ drainTimeoutMs: 10 });
    await app.close();
    expect(committed(0)).toBeUndefined();
  });

  describe('with two batches at once', () => {
    let handled: Map<string, PromiseWithResolvers<unknown>>;
    const resultOf = (value: string) => {
      const known = handled.get(value) ?? Promise.withResolvers<unknown>();
      handled.set(value, known);
      return known;
    };

    beforeEach(() => {
      handled = new Map();
      handle = async (batch) => {
        batches.push(batch);
        return resultOf(valuesOf(batch)[0] ?? '').promise;
      };
    });

    it('hands a full batch over beside the one that is being handled, and never a third', async () => {
      write(0, '1', '2', '3', '4', '5', '6', '7');
      await start({ batchMaxRecords: 2, batchesAtOnce: 2 });
      await until(() => batches.length === 2);
      resultOf('1').resolve(undefined);
      await until(() => batches.length === 3);
      expect(batches.map(valuesOf)).toEqual([
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ]);
      for (const first of ['3', '5', '7']) resultOf(first).resolve(undefined);
      await until(() => committed(0) === 7);
    });

    it('lets what is not full wait for the batch before it, and joins it once it is', async () => {
      write(0, '1', '2', '3');
      await start({ batchMaxRecords: 2, batchesAtOnce: 2 });
      await until(() => batches.length === 1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(batches.map(valuesOf)).toEqual([['1', '2']]);
      write(0, '4');
      await until(() => batches.length === 2);
      expect(batches.map(valuesOf)[1]).toEqual(['3', '4']);
      for (const first of ['1', '3']) resultOf(first).resolve(undefined);
      await until(() => committed(0) === 4);
    });

    it('commits no batch while one before it is not handled', async () => {
      write(0, '1', '2', '3', '4');
      await start({ batchMaxRecords: 2, batchesAtOnce: 2, drainTimeoutMs: 10 });
      await until(() => batches.length === 2);
      resultOf('3').resolve(undefined);
      await app.close();
      expect(committed(0)).toBeUndefined();
    });

    it('stops a partition once where both batches end at the same record, and commits nothing behind it', async () => {
      const error = vi.fn();
      write(0, '1', '2', '3', '4');
      await start({ batchMaxRecords: 2, batchesAtOnce: 2, logger: { ...silentLogger, error } });
      await until(() => batches.length === 2);
      const stop = { stopped: [{ partition: 0, offset: 1, reason: 'v2' }] };
      for (const first of ['1', '3']) resultOf(first).resolve(stop);
      await until(() => committed(0) === 1);
      write(1, '5');
      resultOf('5').resolve(undefined);
      await until(() => committed(1) === 1);
      expect(committed(0)).toBe(1);
      expect(error).toHaveBeenCalledTimes(1);
    });
  });
});
