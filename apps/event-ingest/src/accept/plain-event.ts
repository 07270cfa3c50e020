import { pointerTo } from '@hookstile/contracts';
import { EVENT_MAX_BYTES } from './accept.bounds.js';
import type { Reading } from './accepted-event.js';
import { checkAttributes } from './attributes.js';
import { DATA_REQUIRED, tooDeep } from './json-data.js';
import { readObject } from './json-object.js';
import { type AttributeError, invalid, quoted, rejection } from './rejection.js';
import { reservationError } from './reserved-type.js';

/** What the front door fills in where a plain JSON event does not say it. */
export interface EventDefaults {
  tenantId: string;
  acceptedAt: string;
  newEventId(): string;
}

const MEMBERS = new Set(['id', 'type', 'subject', 'time', 'source', 'data']);
const NO_EXTENSIONS = {};

/** The `source` of a plain JSON event that names none: one a tenant, so that its ids are compared with each other. */
export function defaultSourceOf(tenantId: string): string {
  return `hookstile:/tenants/${tenantId}`;
}

function unknownMembers(names: Iterable<string>): AttributeError[] {
  const errors: AttributeError[] = [];
  for (const name of names) {
    if (MEMBERS.has(name)) continue;
    const pointer = pointerTo('', name);
    errors.push({ pointer, code: 'unknown_member', detail: `${quoted(name)} is not a member of an event.` });
  }
  return errors;
}

/** An event as `{id?, type, subject?, time?, source?, data}`. */
export function readPlainEvent(body: Buffer, defaults: EventDefaults): Reading {
  if (body.length > EVENT_MAX_BYTES) return rejection('too_large', `An event has at most ${EVENT_MAX_BYTES} bytes.`);
  const object = readObject(body);
  if (object.outcome === 'rejected') return object;
  const { values, members } = object;
  const { attributes, errors } = checkAttributes(
    {
      id: values.id ?? defaults.newEventId(),
      source: values.source ?? defaultSourceOf(defaults.tenantId),
      type: values.type,
      subject: values.subject,
      time: values.time,
      extensions: NO_EXTENSIONS,
    },
    defaults.tenantId,
    defaults.acceptedAt,
  );
  errors.push(...unknownMembers(members.keys()));
  const data = members.get('data');
  if (!data) errors.push(...DATA_REQUIRED.errors);
  if (errors.length > 0) return invalid(errors);
  if (!data) return DATA_REQUIRED;
  return (
    reservationError(attributes, false) ??
    tooDeep(data) ?? { outcome: 'accepted', attributes, data: body.subarray(data.start, data.end) }
  );
}
