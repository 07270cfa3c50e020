import type { DeliveryBody, DeliveryToSend } from './delivery-to-send.types.js';

const [BEGIN, COMMA, END] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')];

/** The bodies of several deliveries as one. */
export function jsonArrayOf(deliveries: readonly DeliveryToSend[], bodyOf: DeliveryBody): Buffer {
  const parts = deliveries.flatMap((delivery, index) => [index === 0 ? BEGIN : COMMA, bodyOf(delivery)]);
  return Buffer.concat([...parts, END]);
}
