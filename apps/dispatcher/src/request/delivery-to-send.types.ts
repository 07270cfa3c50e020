import type { DeliveryEnvelope } from '@hookstile/contracts';

export interface DeliveryToSend {
  envelope: DeliveryEnvelope;
  data: Buffer;
}

/** The body of one delivery, or its element in the body of several. Throws `RequestUnbuildableError`. */
export type DeliveryBody = (delivery: DeliveryToSend) => Buffer;

/** How an integration's bodies are made. Both throw `RequestUnbuildableError`. */
export interface Bodies {
  ofOne: DeliveryBody;
  ofSeveral(deliveries: readonly DeliveryToSend[]): Buffer;
}
