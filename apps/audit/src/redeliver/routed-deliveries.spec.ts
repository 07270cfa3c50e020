import { CONTRACT_HEADER } from '@hookstile/contracts';
import type { ReceivedRecord } from '@hookstile/messaging';
import { FakeMessaging } from '@hookstile/messaging';
import { aDelivery } from '@hookstile/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryRecord } from '../project/sample-records.js';
import { RoutedDeliveries } from './routed-deliveries.js';

const COUNT = 10;
/** What one read of the test brings. */
const READ_RECORDS = 4;

describe('deliveries read in order', () => {
  const deliveries = Array.from({ length: COUNT }, (_, n) => aDelivery({ event: { id: `evt_${n}` }, sourceOffset: n }));
  const idOf = (n: number) => deliveries[n]?.envelope.deliveryId ?? '';
  let messaging: FakeMessaging;
  let reads: number[];
  let routed: RoutedDeliveries;

  beforeEach(() => {
    messaging = new FakeMessaging({ partitions: 1 });
    for (const delivery of deliveries) {
      messaging.append({ topic: 'deliveries', partition: 0, ...deliveryRecord(delivery) });
    }
    reads = [];
    const reader = messaging.reader();
    const readFrom: typeof reader.readFrom = async (position): Promise<readonly ReceivedRecord[]> => {
      reads.push(position.offset);
      return (await reader.readFrom(position)).slice(0, READ_RECORDS);
    };
    routed = new RoutedDeliveries({ readFrom }, 'deliveries');
  });

  it('are read once for each stretch that one read brings, and not where none is wanted', async () => {
    const inOrder = routed.inOrder(0);
    const found: (string | undefined)[] = [];
    for (const n of [1, 2, 4, 8, 9]) found.push((await inOrder.at(n, idOf(n)))?.envelope.event.id);
    expect(found).toEqual(['evt_1', 'evt_2', 'evt_4', 'evt_8', 'evt_9']);
    expect(reads).toEqual([1, 8]);
  });

  it('may lie further back, as one that was sent once more before', async () => {
    const inOrder = routed.inOrder(0);
    for (const n of [9, 1, 2]) expect((await inOrder.at(n, idOf(n)))?.envelope.deliveryId).toBe(idOf(n));
    expect(reads).toEqual([9, 1]);
  });

  it('are not taken for gone where the broker answers a read with nothing', async () => {
    let isEmpty = true;
    const reader = messaging.reader();
    const throttled = new RoutedDeliveries(
      { readFrom: async (position) => (isEmpty ? [] : reader.readFrom(position)) },
      'deliveries',
    );
    const inOrder = throttled.inOrder(0);
    await expect(inOrder.at(2, idOf(2))).rejects.toMatchObject({ retryable: true });
    isEmpty = false;
    expect(await inOrder.at(2, idOf(2))).not.toBeNull();
  });

  it('are not taken for gone where a newer release wrote them', async () => {
    const record = deliveryRecord(aDelivery());
    const headers = { ...record.headers, [CONTRACT_HEADER]: 'deliveries/2' };
    const offset = messaging.append({ topic: 'deliveries', partition: 0, ...record, headers });
    await expect(routed.at(0, offset, idOf(0))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are none where the topic holds them no more, or holds another in their place', async () => {
    messaging.truncate({ topic: 'deliveries', partition: 0 }, 5);
    const inOrder = routed.inOrder(0);
    expect(await inOrder.at(2, idOf(2))).toBeNull();
    expect(await inOrder.at(6, idOf(7))).toBeNull();
    expect(await inOrder.at(7, idOf(7))).not.toBeNull();
    expect(await inOrder.at(99, idOf(7))).toBeNull();
  });
});
