import { type Delivery, type DeliveryId, deliveriesV1 } from '@hookstile/contracts';
import { type Messaging, MessagingError, type ReceivedRecord } from '@hookstile/messaging';

/** Deliveries as the router wrote them: views keep no event's data, the topic does while its retention lasts. */
export class RoutedDeliveries {
  constructor(
    private readonly messaging: Pick<Messaging, 'readRange'>,
    private readonly topic: string,
  ) {}

  /** The delivery at an offset of `deliveries`; null where the topic does not hold it any more. */
  async at(partition: number, offset: number, deliveryId: DeliveryId): Promise<Delivery | null> {
    const record = await this.recordAt(partition, offset);
    const decoded = record === null ? null : deliveriesV1.decode(record);
    // A topic that was made anew may hold another delivery there.
    if (decoded?.outcome !== 'decoded' || decoded.value.envelope.deliveryId !== deliveryId) return null;
    return decoded.value;
  }

  private async recordAt(partition: number, offset: number): Promise<ReceivedRecord | null> {
    let found: ReceivedRecord | null = null;
    try {
      await this.messaging.readRange({
        ...{ topic: this.topic, partition, from: offset, to: offset + 1 },
        onRecords: ([record]) => {
          if (record?.offset === offset) found = record;
        },
      });
    } catch (error) {
      if (error instanceof MessagingError && error.code === 'offset_out_of_range') return null;
      throw error;
    }
    return found;
  }
}
