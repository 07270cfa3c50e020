import { createHash, hash } from 'node:crypto';
import type { EventAttributes, RedeliveryEnvelope } from '@hookstile/contracts';

/** What the inbox keeps of an event, or a redelivery: who it is, where it stood first, and what it said. */
export interface InboxEntry {
  /** 16 bytes of SHA-256 over (tenant, source, id), or over what names a redelivery, hex. */
  key: string;
  sourcePartition: number;
  sourceOffset: number;
  /** 16 bytes of SHA-256 over type, subject, given time and data, hex. */
  bodyHash: string;
}

/** 128 bits: a chance collision among 10^12 events has a probability below 10^-14. */
const HASH_HEX_DIGITS = 32;

/** Each part is preceded by its length, so that no two tuples make the same text. */
function tuple(parts: readonly (string | null)[]): string {
  let text = '';
  for (const part of parts) text += part === null ? '-' : `${part.length}:${part}`;
  return text;
}

export function inboxKeyOf({ tenantId, source, id }: Pick<EventAttributes, 'tenantId' | 'source' | 'id'>): string {
  return hash('sha256', tuple([tenantId, source, id]), 'hex').slice(0, HASH_HEX_DIGITS);
}

/** Of as many parts as no event's key has. */
export function redeliveryKeyOf({ event, deliveryId, endedOffset }: RedeliveryEnvelope): string {
  const parts = ['redelivery', event.tenantId, deliveryId, String(endedOffset)];
  return hash('sha256', tuple(parts), 'hex').slice(0, HASH_HEX_DIGITS);
}

export function bodyHashOf({ type, subject, time }: EventAttributes, data: Buffer): string {
  const digest = createHash('sha256')
    .update(tuple([type, subject, time]))
    .update(data)
    .digest('hex');
  return digest.slice(0, HASH_HEX_DIGITS);
}
