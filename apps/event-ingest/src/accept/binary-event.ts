import { EVENT_MAX_BYTES } from './accept.bounds.js';
import type { Reading } from './accepted-event.js';
import { checkCloudEvent } from './cloud-event.js';
import type { DoorContext } from './event-tenant.js';
import { dataError } from './json-data.js';
import { rejection } from './rejection.js';

/** A CloudEvent in binary mode: attributes beside the data, by their names without the prefix of their transport. */
export function readBinaryEvent(given: Readonly<Record<string, string>>, data: Buffer, door: DoorContext): Reading {
  return checkCloudEvent(given, door, () => {
    if (data.length > EVENT_MAX_BYTES) return rejection('too_large', `An event has at most ${EVENT_MAX_BYTES} bytes.`);
    return dataError(data) ?? { outcome: 'data', data };
  });
}
