import { type DeliveryEnvelope, sourceNumberOf } from '@hookstile/contracts';

/** How far a partition of `events`, or of `redeliveries`, is known in a partition of `deliveries`. */
export interface Mark {
  readonly sourceOffset: number;
  readonly integrationId: string;
}

/** By source number. The router writes in source order and, within an event, by integration id. */
export type Marks = Map<number, Mark>;

export type MarkedDelivery = Pick<DeliveryEnvelope, 'sourcePartition' | 'sourceOffset' | 'integrationId' | 'trigger'>;

/** Whether the delivery is a router's replay of one that is behind the marks. */
export function isReplay(marks: Marks, delivery: MarkedDelivery): boolean {
  const source = sourceNumberOf(delivery);
  const mark = source === null ? undefined : marks.get(source);
  if (mark === undefined || delivery.sourceOffset > mark.sourceOffset) return false;
  return delivery.sourceOffset < mark.sourceOffset || delivery.integrationId <= mark.integrationId;
}

export function advanceMark(marks: Marks, delivery: MarkedDelivery): void {
  const source = sourceNumberOf(delivery);
  const { sourceOffset, integrationId } = delivery;
  if (source !== null) marks.set(source, { sourceOffset, integrationId });
}
