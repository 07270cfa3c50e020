import { hash } from 'node:crypto';

/** A string that only the function that makes such ids may produce; no runtime cost. */
type Branded<Brand extends string> = string & { readonly __brand?: Brand };

export type TenantId = Branded<'TenantId'>;
export type IntegrationId = Branded<'IntegrationId'>;
export type DeliveryId = Branded<'DeliveryId'>;
export type AttemptId = Branded<'AttemptId'>;

export type IdPrefix = 'ten' | 'key' | 'int' | 'evt' | 'dev' | 'req' | 'rul' | 'dec' | 'rcv';

const CROCKFORD_BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const RANDOM_BYTES = 10;
/** 130 bits. */
const DIGEST_CHARACTERS = 26;

function base32(bytes: Uint8Array, characters: number): string {
  let text = '';
  let buffered = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffered = (buffered << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < characters) {
      bits -= 5;
      text += CROCKFORD_BASE32[(buffered >>> bits) & 31];
    }
    buffered &= (1 << bits) - 1;
  }
  return text;
}

function base32Time(nowMs: number): string {
  let text = '';
  let rest = nowMs;
  for (let i = 0; i < TIME_CHARACTERS; i += 1) {
    text = CROCKFORD_BASE32[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/**
 * A new id, sortable by time: prefix, 48-bit milliseconds and 80 random bits in Crockford base32 (the ULID layout).
 * @param nowMs Unix milliseconds
 * @param random at least 10 random bytes
 */
export function newId(prefix: IdPrefix, nowMs: number, random: Uint8Array): string {
  if (random.length < RANDOM_BYTES) throw new RangeError(`an id needs ${RANDOM_BYTES} random bytes`);
  return `${prefix}_${base32Time(nowMs)}${base32(random, RANDOM_CHARACTERS)}`;
}

/**
 * The id of a delivery, a pure function of tenant, source, event id and integration: a replayed or repeated event
 * reaches a receiver under the same `webhook-id`.
 */
export function deliveryIdOf(
  tenantId: TenantId,
  source: string,
  eventId: string,
  integrationId: IntegrationId,
): DeliveryId {
  return `dlv_${digestOf(tenantId, source, eventId, integrationId)}`;
}

/** The id of a tenant's event type, by which it is found. */
export function eventTypeIdOf(tenantId: TenantId, type: string): string {
  return `ety_${digestOf(tenantId, type)}`;
}

/** Of the largest number that JSON carries exactly; padded with zeros, ids sort as their sequences do. */
const SEQUENCE_DIGITS = 16;

/** The id of a domain event, as its line in the audit log has it; `sequence` is its position in the event store. */
export function domainEventIdOf(sequence: number): string {
  return `aud_${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** Each part is preceded by its length, so no two tuples collide. */
function digestOf(...parts: string[]): string {
  let tuple = '';
  for (const part of parts) tuple += `${part.length}:${part}`;
  return base32(hash('sha256', tuple, 'buffer'), DIGEST_CHARACTERS);
}

/**
 * The id of the `attempt`th attempt (from 1) of a push under a partition epoch; the push is named by its first delivery.
 * @param redeliveryOffset where a redelivery stands in `deliveries`, since its attempts count from 1 again; else 0, where
 * none can stand: what it repeats comes before it
 */
export function attemptIdOf(deliveryId: DeliveryId, epoch: number, attempt: number, redeliveryOffset = 0): AttemptId {
  const suffix = redeliveryOffset === 0 ? '' : `_${redeliveryOffset}`;
  return `att_${deliveryId.slice('dlv_'.length)}_${epoch}_${attempt}${suffix}`;
}
