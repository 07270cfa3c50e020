import { describe, expect, it } from 'vitest';
import { silentLogger } from '../port/messaging-logger.js';
import type { OutgoingRecord } from '../port/records.js';
import { OrderedPublisher, type OrderedPublisherOptions } from './ordered.publisher.js';
import { PARTITION_REQUEST_MAX_BYTES, REQUEST_MAX_RECORDS } from './publisher.bounds.js';
import { RequestTooLargeError } from './send-request.js';

function record(value: string, partition = 0): OutgoingRecord {
  return { topic: 't', partition, key: 'k', headers: {}, value: Buffer.from(value) };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface SentRequest {
  values: string[];
  acknowledge(): Promise<void>;
  reject(error?: Error): Promise<void>;
}

/** A broker whose every answer the test gives. */
function setUp(options: Partial<OrderedPublisherOptions> = {}) {
  const sent: SentRequest[] = [];
  let end = 0;
  const publisher = new OrderedPublisher({
    name: 'test',
    logger: silentLogger,
    linger: turn,
    requestIntervalMs: 0,
    monotonicMs: () => 0,
    pauseBeforeRetry: turn,
    sleep: turn,
    send: (records) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
      sent.push({
        values: records.map(({ value }) => value.toString()),
        acknowledge: () => {
          resolve(records.map((_, i) => end + i));
          end += records.length;
          return turn();
        },
        reject: async (error = new Error('the connection was cut')) => {
          reject(error);
          await turn();
          await turn();
        },
      });
      return promise;
    },
    ...options,
  });
  const last = () => {
    const request = sent.at(-1);
    if (!request) throw new Error('no request was sent');
    return request;
  };
  return { publisher, sent, last, valuesOf: () => sent.map(({ values }) => values.join('')) };
}

describe('publisher', () => {
  it('keeps one request in flight and collects while it flies', async () => {
    const { publisher, last, valuesOf } = setUp();
    const a = publisher.publish([record('a')]);
    await turn();
    const b = publisher.publish([record('b')]);
    const cd = publisher.publish([record('c'), record('d')]);
    await turn();
    expect(valuesOf()).toEqual(['a']);
    expect(publisher.pending).toBe(4);
    await last().acknowledge();
    expect(valuesOf()).toEqual(['a', 'bcd']);
    await last().acknowledge();
    expect(await Promise.all([a, b, cd])).toEqual([[0], [1], [2, 3]]);
    expect(publisher.pending).toBe(0);
  });

  it('waits for company, as long as it is told to, where nothing is in flight', async () => {
    const lingers: number[] = [];
    const company = Promise.withResolvers<void>();
    const linger = (ms: number) => {
      lingers.push(ms);
      return company.promise;
    };
    const { publisher, last, valuesOf } = setUp({ lingerMs: 5, linger });
    const a = publisher.publish([record('a')]);
    await turn();
    const b = publisher.publish([record('b')]);
    await turn();
    expect([lingers, valuesOf()]).toEqual([[5], []]);
    company.resolve();
    await turn();
    expect(valuesOf()).toEqual(['ab']);
    await last().acknowledge();
    await Promise.all([a, b]);
  });

  it('sends a rejected request again, unchanged, before anything else', async () => {
    const { publisher, last, valuesOf } = setUp();
    expect(publisher.healthy).toBeNull();
    const a = publisher.publish([record('a')]);
    await turn();
    const b = publisher.publish([record('b')]);
    await last().reject();
    expect(publisher.healthy).toBe(false);
    await last().reject();
    await last().acknowledge();
    expect(publisher.healthy).toBe(true);
    await last().acknowledge();
    expect(valuesOf()).toEqual(['a', 'a', 'a', 'b']);
    expect(await Promise.all([a, b])).toEqual([[0], [1]]);
  });

  it('refuses records beyond the bounds of its queue and queues none of them', async () => {
    const { publisher, last } = setUp({ queueMaxRecords: 3, queueMaxBytes: 1_000 });
    const held = publisher.publish([record('a'), record('b')]);
    await expect(publisher.publish([record('c'), record('d')])).rejects.toMatchObject({
      code: 'publisher_full',
      retryable: true,
    });
    await expect(publisher.publish([record('x'.repeat(1_000))])).rejects.toMatchObject({ code: 'publisher_full' });
    expect(publisher.pending).toBe(2);
    await turn();
    await last().acknowledge();
    await held;
    const again = publisher.publish([record('c'), record('d')]);
    await turn();
    await last().acknowledge();
    expect(await again).toEqual([2, 3]);
  });

  it('lets a call that is larger than the bounds through an empty queue, for it could never pass otherwise', async () => {
    const { publisher, last } = setUp({ queueMaxRecords: 1 });
    const large = publisher.publish([record('a'), record('b')]);
    await turn();
    await last().acknowledge();
    expect(await large).toEqual([0, 1]);
  });

  it("splits what exceeds a request's records, and a partition's bytes, without changing the order", async () => {
    const { publisher, sent, last } = setUp();
    const many = publisher.publish(Array.from({ length: REQUEST_MAX_RECORDS + 1 }, () => record('m')));
    await turn();
    await last().acknowledge();
    await last().acknowledge();
    expect((await many).length).toBe(REQUEST_MAX_RECORDS + 1);

    const half = 'x'.repeat(PARTITION_REQUEST_MAX_BYTES / 2);
    const large = publisher.publish([record(half, 1), record(half, 2), record(half, 1), record('last', 2)]);
    await turn();
    await last().acknowledge();
    await last().acknowledge();
    await large;
    expect(sent.map(({ values }) => values.length)).toEqual([REQUEST_MAX_RECORDS, 1, 2, 2]);
  });

  it('refuses a record that no request may hold', async () => {
    const { publisher } = setUp();
    const huge = publisher.publish([record('x'.repeat(PARTITION_REQUEST_MAX_BYTES))]);
    await expect(huge).rejects.toMatchObject({ code: 'record_too_large', retryable: false });
  });

  it('rejects only the one record that the broker finds too large, and writes the others in order', async () => {
    const written: string[] = [];
    const { publisher } = setUp({
      send: async (records) => {
        const values = records.map(({ value }) => value.toString());
        if (values.includes('large')) throw new RequestTooLargeError('above the topic’s bound');
        written.push(...values);
        return records.map((_, i) => i);
      },
    });
    const calls = ['a', 'b', 'large', 'c', 'd'].map((value) => publisher.publish([record(value)]));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(written).toEqual(['a', 'b', 'c', 'd']);
    await turn();
    expect(publisher.pending).toBe(0);
  });

  it('waits out the interval since the request before, and not before a lone record', async () => {
    const waits: number[] = [];
    let nowMs = 0;
    const { publisher, last } = setUp({
      requestIntervalMs: 5,
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        waits.push(ms);
      },
    });
    const publish = async (atMs: number) => {
      nowMs = atMs;
      const published = publisher.publish([record('a')]);
      await turn();
      await last().acknowledge();
      await published;
    };
    await publish(0);
    await publish(2);
    await publish(10);
    expect(waits).toEqual([3]);
  });

  it('writes what is queued before it closes', async () => {
    const never = new Promise<void>(() => {});
    const { publisher, last, valuesOf } = setUp({ sleep: () => never });
    const a = publisher.publish([record('a')]);
    const closed = publisher.close(1_000);
    await turn();
    await last().acknowledge();
    await closed;
    expect(await a).toEqual([0]);
    expect(valuesOf()).toEqual(['a']);
    await expect(publisher.publish([record('b')])).rejects.toMatchObject({ code: 'publisher_closed' });
  });

  it('tells the callers when the time to close is over', async () => {
    const { publisher } = setUp();
    const a = publisher.publish([record('a')]);
    await turn();
    const b = publisher.publish([record('b')]);
    await Promise.all([
      publisher.close(1),
      expect(a).rejects.toMatchObject({ code: 'publisher_closed' }),
      expect(b).rejects.toMatchObject({ code: 'publisher_closed' }),
    ]);
    expect(publisher.pending).toBe(0);
  });
});
