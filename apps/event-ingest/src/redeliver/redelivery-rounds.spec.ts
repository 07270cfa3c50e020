import { deliveriesV1, type Redelivery, recoveriesV1, redeliveriesV1 } from '@hookstile/contracts';
import { FakeMessaging, type ReceivedRecord, type RecordPublisher } from '@hookstile/messaging';
import { aDelivery, FIXED_NOW, fixedClock } from '@hookstile/testing';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeInboxStore } from '../inbox/inbox.store.fake.js';
import { ingestMetrics } from '../ingest-metrics.js';
import { RedeliveryRounds } from './redelivery-rounds.js';
import { refusalOfRedelivery } from './redelivery-source.js';

const delivery = aDelivery({ data: '{ "n": 1.0 }' });
const { deliveryId, integrationId, event } = delivery.envelope;

function redeliveryOf(endedOffset: number, part: { recoveryId?: string }): Redelivery {
  const actor = { type: 'platform', id: null, name: null, role: null } as const;
  const ended = { endedOffset, endedStatus: 'failed', endedReason: null } as const;
  const asked = { requestedAt: FIXED_NOW, actor, requestId: null, traceparent: null };
  return { envelope: { deliveryId, integrationId, event, ...ended, ...asked, ...part }, bytes: delivery.bytes };
}

function recordAt(offset: number, headers: Record<string, string>, value: Buffer): ReceivedRecord {
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { topic: 'redeliveries', partition: 1, offset, key: integrationId, headers: bytes, value, timestampMs: 0 };
}

function asked(offset: number, endedOffset: number, part: { recoveryId?: string } = {}): ReceivedRecord {
  const { headers, value } = redeliveriesV1.encode(integrationId, redeliveryOf(endedOffset, part));
  return recordAt(offset, headers, value);
}

describe('a round of redeliveries', () => {
  let messaging: FakeMessaging;
  let inbox: FakeInboxStore;
  let version: number;
  let malformed: number;

  beforeEach(() => {
    messaging = new FakeMessaging({ partitions: 1 });
    inbox = new FakeInboxStore();
    version = 3;
    malformed = 0;
  });

  async function rounds(publisher?: RecordPublisher): Promise<RedeliveryRounds> {
    return new RedeliveryRounds({
      configuration: {
        versionOf: () => version,
        catchUp: async () => {
          version += 1;
        },
      },
      inbox,
      publisher: publisher ?? (await messaging.publisher({ name: 'redelivered' })),
      topics: { deliveries: 'deliveries', partitionCount: 1 },
      clock: fixedClock(),
      logger: pino({ level: 'silent' }),
      metrics: {
        ...ingestMetrics(),
        redeliveries: {
          add: (count, attributes) => {
            if (attributes?.outcome === 'malformed') malformed += count;
          },
        },
      },
    });
  }

  const written = () =>
    messaging.records('deliveries').map((record) => {
      const decoded = deliveriesV1.decode(record);
      if (decoded.outcome !== 'decoded') throw new Error('it cannot be read');
      return decoded.value;
    });

  it('becomes deliveries under the same id, with the integration as it is behind the barrier', async () => {
    await (await rounds()).route([asked(7, 41)]);
    const [one] = written();
    expect(one?.envelope).toMatchObject({
      ...{ deliveryId, integrationId, event, integrationVersion: 4, trigger: 'redelivery' },
      ...{ sourcePartition: 1, sourceOffset: 7 },
    });
    expect(one?.bytes).toEqual(delivery.bytes);
  });

  it('repeats an ending once, wherever it stands again, and each further ending', async () => {
    const first = await rounds();
    await first.route([asked(7, 41), asked(8, 41)]);
    await (await rounds()).route([asked(9, 41), asked(10, 50)]);
    expect(written().map(({ envelope }) => envelope.sourceOffset)).toEqual([7, 10]);
  });

  it('is written by a successor where its router died between the inbox and the write', async () => {
    const dead = new Error('the process ends here');
    const publisher = { publish: () => Promise.reject(dead), pending: 0, healthy: null, close: async () => {} };
    const records = [asked(7, 41), asked(8, 41)];
    await expect((await rounds(publisher)).route(records)).rejects.toThrow(dead);
    await (await rounds()).route(records);
    expect(written().map(({ envelope }) => envelope.sourceOffset)).toEqual([7]);
  });

  it('passes by what is no redelivery, also what only tells of a recovery', async () => {
    const told = { kind: 'started', recoveryId: 'rcv_1', tenantId: 'ten_1', integrationId } as const;
    const rest = { requestId: null, before: null, after: null };
    const { actor, requestedAt: at } = redeliveryOf(0, {}).envelope;
    const { headers, value } = recoveriesV1.encode(integrationId, { ...told, at, actor, ...rest });
    const newer = recordAt(5, { 'hookstile-contract': 'recoveries/2' }, Buffer.from('{}'));
    expect(refusalOfRedelivery(newer)).toBeNull();
    await (await rounds()).route([
      recordAt(4, headers, value),
      newer,
      recordAt(6, {}, Buffer.from('{}')),
      asked(7, 41),
    ]);
    expect(written()).toHaveLength(1);
    expect(malformed).toBe(1);
  });

  it('of a recovery is told by its trigger, and repeats the same ending as one that was asked for alone', async () => {
    await (await rounds()).route([asked(7, 41, { recoveryId: 'rcv_1' }), asked(8, 41), asked(9, 42)]);
    expect(written().map(({ envelope }) => envelope.trigger)).toEqual(['recovery', 'redelivery']);
  });
});

describe('a record of redeliveries', () => {
  it('stops its partition where a newer release wrote it, and only then', () => {
    const newer = recordAt(8, { 'hookstile-contract': 'redeliveries/2' }, Buffer.from('{}'));
    expect(refusalOfRedelivery(newer)).toMatch('redeliveries/2');
    expect([asked(7, 41), recordAt(9, {}, Buffer.from('{}'))].map(refusalOfRedelivery)).toEqual([null, null]);
  });
});
