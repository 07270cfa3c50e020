import type { Reading } from './accepted-event.js';
import { checkAttributes } from './attributes.js';
import { type DoorContext, eventTenantOf, TENANT_EXTENSION } from './event-tenant.js';
import { dataNotJson, declaresJson } from './json-data.js';
import { mediaTypeOf } from './media-type.js';
import { type AttributeError, invalid, type Rejection } from './rejection.js';
import { reservationError } from './reserved-type.js';

const SPECVERSION = '1.0';
const JSON_ESSENCE = 'application/json';

/** An event's data as its bytes, or why there are none. */
export type DataReading = { outcome: 'data'; data: Buffer } | Rejection;

function specversionError(specversion: unknown): AttributeError | null {
  if (specversion === SPECVERSION) return null;
  const code = specversion === undefined ? 'required' : 'format';
  return { pointer: '/specversion', code, detail: '"specversion" must be "1.0".' };
}

function contentTypeError(given: unknown): Rejection | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string') {
    return invalid([{ pointer: '/datacontenttype', code: 'type', detail: '"datacontenttype" must be a string.' }]);
  }
  if (declaresJson(mediaTypeOf(given).essence)) return null;
  return dataNotJson('"datacontenttype" declares data that is not JSON.');
}

/**
 * Checks a CloudEvent, whatever mode it came in.
 * @param given all its context attributes by name, as they came
 * @param readData is called only when the attributes are in order
 */
export function checkCloudEvent(
  given: Readonly<Record<string, unknown>>,
  door: DoorContext,
  readData: () => DataReading,
): Reading {
  const { specversion, id, source, type, subject, time, datacontenttype, ...rest } = given;
  const others: Record<string, unknown> = rest;
  const tenant = eventTenantOf(others[TENANT_EXTENSION], door);
  if (tenant.outcome === 'rejected') return tenant;
  delete others[TENANT_EXTENSION];
  if (typeof datacontenttype === 'string' && mediaTypeOf(datacontenttype).essence !== JSON_ESSENCE) {
    others.datacontenttype = datacontenttype;
  }
  const { attributes, errors } = checkAttributes(
    { id, source, type, subject, time, extensions: others },
    tenant.tenantId,
    door.acceptedAt,
  );
  const version = specversionError(specversion);
  if (version) errors.unshift(version);
  if (errors.length > 0) return invalid(errors);
  const read = reservationError(attributes, door.tenantId === null) ?? contentTypeError(datacontenttype) ?? readData();
  return read.outcome === 'data' ? { outcome: 'accepted', attributes, data: read.data } : { ...read, attributes };
}
