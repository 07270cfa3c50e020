import { type OutgoingRecord, RECORD_MAX_BYTES } from '@hookstile/messaging';
import { FIXED_NOW } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { EVENT_MAX_BYTES, EXTENSION_VALUE_MAX_CHARACTERS, EXTENSIONS_MAX_CHARACTERS } from '../accept/accept.bounds.js';
import { checkAttributes } from '../accept/attributes.js';
import { emissionOf, LISTED_MAX_COUNT } from './emission.js';
import type { Fate } from './fate.js';
import type { SourceRecord } from './source-record.js';

const NAME_CHARACTERS = 2;
const EXTENSIONS = EXTENSIONS_MAX_CHARACTERS / EXTENSION_VALUE_MAX_CHARACTERS;
const DATA = Buffer.alloc(EVENT_MAX_BYTES, '1');
const TOPICS = { deliveries: 'd', routings: 'r', partitionCount: 1 };

function emitted(character: string, integrations: number) {
  const text = (length: number) => character.repeat(length);
  const value = text(EXTENSION_VALUE_MAX_CHARACTERS - NAME_CHARACTERS);
  const extensions = Object.fromEntries(Array.from({ length: EXTENSIONS }, (_, n) => [`x${n.toString(36)}`, value]));
  const given = {
    id: text(255),
    source: text(2_048),
    type: text(255),
    subject: text(1_024),
    time: FIXED_NOW,
    extensions,
  };
  const { attributes, errors } = checkAttributes(given, text(255), FIXED_NOW);
  expect(errors).toEqual([]);
  const fate = {
    outcome: 'routed',
    event: attributes,
    data: DATA,
    integrations: Array.from({ length: integrations }, (_, n) => ({
      id: `int_${String(n).padStart(26, '0')}`,
      version: n,
    })),
  } as unknown as Fate;
  const source = {
    partition: 99,
    offset: Number.MAX_SAFE_INTEGER,
    via: 'kafka',
    acceptedAt: FIXED_NOW,
    tenantId: text(255),
  } as SourceRecord;
  const traceparent = `00-${'1'.repeat(32)}-${'1'.repeat(16)}-01`;
  return emissionOf({ source, fate, traceparent, routedAt: FIXED_NOW }, TOPICS);
}

/** Of three bytes in one UTF-16 unit: what bounds in characters, and in units, let become largest. */
const LARGEST_CHARACTER = '€';

describe('the largest event that both doors take', () => {
  it('fits into its deliveries, and into the routing that lists them', () => {
    const last: OutgoingRecord[] = [];
    for (const record of emitted(LARGEST_CHARACTER, LISTED_MAX_COUNT + 1))
      last.splice(0, last.length, ...last.slice(-1), record);
    expect(last.map(({ topic }) => topic)).toEqual(['d', 'r']);
    for (const { key, headers, value } of last) {
      const bytes = Buffer.byteLength(JSON.stringify([key, Object.entries(headers)])) + value.length;
      expect(bytes).toBeLessThan(RECORD_MAX_BYTES);
    }
  });
});
