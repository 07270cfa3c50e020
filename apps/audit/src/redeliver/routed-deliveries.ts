import { type Delivery, type DeliveryId, deliveriesV1 } from '@hookstile/contracts';
import { MessagingError, type ReceivedRecord, type RecordReader } from '@hookstile/messaging';
import { ProblemError } from '@hookstile/service-runtime';

/** Deliveries as the router wrote them: views keep no event's data, the topic does while its retention lasts. */
export class RoutedDeliveries {
  constructor(
    private readonly reader: Pick<RecordReader, 'readFrom'>,
    private readonly topic: string,
  ) {}

  /** The delivery at an offset of `deliveries`; null where the topic does not hold it any more. */
  at(partition: number, offset: number, deliveryId: DeliveryId): Promise<Delivery | null> {
    return this.inOrder(partition).at(offset, deliveryId);
  }

  /** For many deliveries of one partition in the order of their offsets: keeps what a read brought besides. */
  inOrder(partition: number): RoutedInOrder {
    return new RoutedInOrder((offset) => this.readFrom(partition, offset));
  }

  /** None where the log does not reach there. An empty answer says nothing: brokers give it to who reads too much, too. */
  private async readFrom(partition: number, offset: number): Promise<readonly ReceivedRecord[]> {
    try {
      const records = await this.reader.readFrom({ topic: this.topic, partition, offset });
      if (records.length > 0) return records;
      throw new MessagingError('broker_unavailable', `nothing came of ${this.topic}/${partition} at ${offset}`, true);
    } catch (error) {
      if (error instanceof MessagingError && error.code === 'offset_out_of_range') return [];
      throw error;
    }
  }
}

/** Reads each stretch of a partition once, and none that holds nothing that is wanted. */
export class RoutedInOrder {
  /** What the last read brought, from the offset that it was asked for. */
  #from = 0;
  #records: readonly ReceivedRecord[] = [];

  constructor(private readonly readFrom: (offset: number) => Promise<readonly ReceivedRecord[]>) {}

  /** Null where the topic does not hold it any more; rejects where that cannot be told at present. */
  async at(offset: number, deliveryId: DeliveryId): Promise<Delivery | null> {
    if (!this.#covers(offset)) {
      this.#records = await this.readFrom(offset);
      this.#from = offset;
    }
    const record = this.#records.find((one) => one.offset === offset);
    const decoded = record === undefined ? null : deliveriesV1.decode(record);
    if (decoded?.outcome === 'unknown-version') {
      throw new ProblemError('unavailable', `the delivery was written by a newer release (${decoded.version})`);
    }
    // A topic that was made anew may hold another delivery there.
    if (decoded?.outcome !== 'decoded' || decoded.value.envelope.deliveryId !== deliveryId) return null;
    return decoded.value;
  }

  #covers(offset: number): boolean {
    const last = this.#records.at(-1);
    return last !== undefined && offset >= this.#from && offset <= last.offset;
  }
}
