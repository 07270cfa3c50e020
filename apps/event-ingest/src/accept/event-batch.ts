import { type RawValue, rawElementsOf } from '@hookstile/contracts';
import { BATCH_MAX_BYTES, BATCH_MAX_EVENTS, EVENT_MAX_BYTES } from './accept.bounds.js';
import type { Reading } from './accepted-event.js';
import type { DoorContext } from './event-tenant.js';
import { objectOf, parseDocument } from './json-object.js';
import { type Rejection, rejection } from './rejection.js';
import { checkStructuredEvent } from './structured-event.js';

export type BatchReading = { outcome: 'batch'; readings: Reading[] } | Rejection;

function readItem(body: Buffer, at: RawValue, value: unknown, door: DoorContext): Reading {
  if (at.end - at.start > EVENT_MAX_BYTES) {
    return rejection('too_large', `An event has at most ${EVENT_MAX_BYTES} bytes.`);
  }
  const object = objectOf(body.subarray(at.start, at.end), value);
  return object.outcome === 'rejected' ? object : checkStructuredEvent(object, door);
}

/** A JSON array of CloudEvents; a wrong item is refused alone, a wrong document as a whole. */
export function readEventBatch(body: Buffer, door: DoorContext): BatchReading {
  if (body.length > BATCH_MAX_BYTES) return rejection('too_large', `A batch has at most ${BATCH_MAX_BYTES} bytes.`);
  const document = parseDocument(body);
  if (document.outcome === 'rejected') return document;
  const values = document.value;
  if (!Array.isArray(values)) return rejection('invalid', 'A batch must be a JSON array.');
  if (values.length > BATCH_MAX_EVENTS)
    return rejection('too_large', `A batch has at most ${BATCH_MAX_EVENTS} events.`);
  const elements = rawElementsOf(body) ?? [];
  return { outcome: 'batch', readings: elements.map((at, i) => readItem(body, at, values[i], door)) };
}
