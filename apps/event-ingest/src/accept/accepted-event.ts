import type { EventAttributes } from '@hookstile/contracts';
import type { Rejection } from './rejection.js';

/** An event that keeps all rules; `data` is a slice of the bytes that the producer sent. */
export interface AcceptedEvent {
  readonly outcome: 'accepted';
  readonly attributes: EventAttributes;
  readonly data: Buffer;
}

export type Reading = AcceptedEvent | Rejection;
