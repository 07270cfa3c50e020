import { aDelivery, type DeliveryOverrides } from '@hookstile/testing';
import { nameBytesOf } from '../journal/journal-records.js';
import type { LaneDelivery } from './lane.store.js';
import type { LaneItem } from './lane.types.js';

/** A delivery at its offset as it comes into a lane: nothing was tried yet. */
export function aLaneItem(overrides: Partial<LaneItem> & { offset: number }): LaneItem {
  return {
    version: 1,
    bytes: 1,
    nameBytes: 1,
    trigger: 'event',
    arrivedAtMs: 0,
    attempt: 1,
    dueAtMs: null,
    push: null,
    pushEnd: null,
    exhaustedUnder: null,
    ...overrides,
  };
}

export interface LaneDeliveryOverrides extends Partial<LaneDelivery> {
  offset: number;
  delivery?: DeliveryOverrides;
}

export function aLaneDelivery({ delivery, ...overrides }: LaneDeliveryOverrides): LaneDelivery {
  const { offset } = overrides;
  const { envelope, bytes } = aDelivery({ sourceOffset: offset, event: { id: `evt_${offset}` }, ...delivery });
  return {
    ...aLaneItem({ offset, bytes: bytes.length, nameBytes: nameBytesOf(envelope) }),
    envelope,
    data: bytes,
    ...overrides,
  };
}
