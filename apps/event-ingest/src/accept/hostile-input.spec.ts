import { HOSTILE_JSON } from '@hookstile/testing';
import { describe, expect, test } from 'vitest';
import type { Reading } from './accepted-event.js';
import { readHttpRequest } from './http-event.js';
import { readKafkaRecord } from './kafka-event.js';

const NOW = '2026-01-02T03:04:05.678Z';
const HTTP = { tenantId: 'ten_1', acceptedAt: NOW, newEventId: () => 'evt_new' };
const KAFKA = { tenantId: null, acceptedAt: NOW };
const ATTRIBUTES = { specversion: '1.0', id: 'e', source: '/s', type: 't' };

const around = (before: object, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify(before).slice(0, -1)},"data":`), data, Buffer.from('}')]);

const prefixed = (prefix: string, attributes: object): [string, string][] =>
  Object.entries(attributes).map(([name, value]) => [`${prefix}${name}`, String(value)]);

function post(contentType: string, body: Buffer, headers: object = {}): Reading {
  const rawHeaders = prefixed('ce-', headers).flat();
  const reading = readHttpRequest({ rawHeaders, contentType, contentEncoding: undefined, body }, HTTP);
  if (reading.outcome !== 'batch') return reading;
  expect(reading.readings).toHaveLength(1);
  return reading.readings[0] as Reading;
}

function record(headers: [string, string][], value: Buffer): Reading {
  return readKafkaRecord({ headers: Object.fromEntries(headers.map(([n, v]) => [n, Buffer.from(v)])), value }, KAFKA);
}

/** Every way in which an event comes, with some data in it. */
const MODES: Record<string, (data: Buffer) => Reading> = {
  'plain JSON': (data) => post('application/json', around({ type: 't' }, data)),
  structured: (data) => post('application/cloudevents+json', around(ATTRIBUTES, data)),
  'a batch': (data) =>
    post(
      'application/cloudevents-batch+json',
      Buffer.concat([Buffer.from('['), around(ATTRIBUTES, data), Buffer.from(']')]),
    ),
  binary: (data) => post('application/json', data, ATTRIBUTES),
  base64: (data) =>
    post(
      'application/cloudevents+json',
      Buffer.from(JSON.stringify({ ...ATTRIBUTES, data_base64: data.toString('base64') })),
    ),
  'Kafka, binary': (data) => record(prefixed('ce_', { ...ATTRIBUTES, tenantid: 'ten_1' }), data),
  'Kafka, structured': (data) =>
    record([['content-type', 'application/cloudevents+json']], around({ ...ATTRIBUTES, tenantid: 'ten_1' }, data)),
};

/** Outside a string, white space around data is the document's, not the data's. */
const withoutSpaceAround = (bytes: Buffer, mode: string) =>
  mode.includes('binary') || mode === 'base64' ? bytes.toString('latin1') : bytes.toString('latin1').trim();

describe.each(Object.keys(MODES))('%s', (mode) => {
  const read = MODES[mode] as (data: Buffer) => Reading;
  test.each(HOSTILE_JSON.filter(({ kind }) => kind === 'json'))('keeps the bytes of $name', ({ bytes }) => {
    const reading = read(bytes);
    if (reading.outcome === 'rejected') expect.fail(`${reading.code}: ${reading.detail}`);
    expect(reading.data.toString('latin1')).toBe(withoutSpaceAround(bytes, mode));
  });

  test.each(HOSTILE_JSON.filter(({ kind }) => kind !== 'json'))('refuses $name', ({ bytes, kind }) => {
    const reading = read(bytes);
    expect(reading.outcome).toBe('rejected');
    if (reading.outcome === 'rejected') {
      expect(reading.detail.length).toBeLessThan(1_000);
      expect(reading.errors.some(({ code }) => code === 'too_deep')).toBe(kind === 'too-deep');
    }
  });
});

test('nothing that is read changes what all objects inherit', () => {
  for (const { bytes } of HOSTILE_JSON) for (const read of Object.values(MODES)) read(bytes);
  expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined();
});
