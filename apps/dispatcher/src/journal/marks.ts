import type { DeliveryEnvelope } from '@hookstile/contracts';

/** How far a partition of `events` is known in a partition of `deliveries`. */
export interface Mark {
  readonly sourceOffset: number;
  readonly integrationId: string;
}

/** By source partition. The router writes in source order and, within an event, by integration id. */
export type Marks = Map<number, Mark>;

export type MarkedDelivery = Pick<DeliveryEnvelope, 'sourcePartition' | 'sourceOffset' | 'integrationId' | 'trigger'>;

/** Whether the delivery is a router's replay of one that is behind the marks. Redeliveries are never replays. */
export function isReplay(marks: Marks, delivery: MarkedDelivery): boolean {
  if (delivery.trigger !== 'event') return false;
  const mark = marks.get(delivery.sourcePartition);
  if (mark === undefined || delivery.sourceOffset > mark.sourceOffset) return false;
  return delivery.sourceOffset < mark.sourceOffset || delivery.integrationId <= mark.integrationId;
}

export function advanceMark(marks: Marks, delivery: MarkedDelivery): void {
  if (delivery.trigger !== 'event') return;
  const { sourceOffset, integrationId } = delivery;
  marks.set(delivery.sourcePartition, { sourceOffset, integrationId });
}
