import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  attemptsV1,
  type Contract,
  configurationV1,
  decisionsV1,
  deliveriesV1,
  domainEventsV1,
  integrationSignalsV1,
  type RecordToDecode,
  recoveriesV1,
  redeliveriesV1,
  routingsV1,
} from './index.js';

/** A record as it was written by the release that froze it; `value` is the exact text of the record's value. */
interface Fixture {
  records: { key: string; headers: Record<string, string>; value: string }[];
}

const CONTRACTS: Contract<unknown>[] = [
  attemptsV1,
  configurationV1,
  decisionsV1,
  deliveriesV1,
  domainEventsV1,
  integrationSignalsV1,
  recoveriesV1,
  redeliveriesV1,
  routingsV1,
] as Contract<unknown>[];

function recordOf(headers: Record<string, string>, value: string | null): RecordToDecode {
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    value: value === null ? null : Buffer.from(value),
  };
}

function fixtureOf(contract: Contract<unknown>): Fixture {
  const url = new URL(`${contract.name}/v${contract.version}/fixture.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

describe.each(CONTRACTS)('contract $name/$version', (contract) => {
  it('reads its frozen fixture and writes the same bytes again', () => {
    for (const record of fixtureOf(contract).records) {
      const decoded = contract.decode(recordOf(record.headers, record.value));
      expect(decoded).toMatchObject({ outcome: 'decoded' });
      if (decoded.outcome !== 'decoded') return;
      const again = contract.encode(record.key, decoded.value);
      expect({ ...again, value: again.value.toString('utf8') }).toEqual(record);
    }
  });

  it('reports a newer version instead of skipping it', () => {
    const newer = { 'hookstile-contract': `${contract.name}/${contract.version + 1}` };
    expect(contract.decode(recordOf(newer, '{}'))).toEqual({
      outcome: 'unknown-version',
      version: `${contract.name}/${contract.version + 1}`,
    });
  });

  it('calls a record of another shape, another contract or none malformed', () => {
    const own = { 'hookstile-contract': `${contract.name}/1` };
    const shapeless: [Record<string, string>, string | null][] = [
      [own, '{}'],
      [own, 'not json'],
      [own, null],
      [{ 'hookstile-contract': 'other/1' }, '{}'],
      [{ 'hookstile-contract': contract.name }, '{}'],
      [{}, '{}'],
    ];
    for (const [headers, value] of shapeless) {
      expect(contract.decode(recordOf(headers, value)).outcome).toBe('malformed');
    }
  });
});

describe('bytes of a delivery', () => {
  it('travel exactly as the producer sent them', () => {
    const [record] = fixtureOf(deliveriesV1 as Contract<unknown>).records;
    if (!record) throw new Error('the fixture is empty');
    const data = '{ "n": 1.0,\n "big": 12345678901234567890, "u": "\\u00e9" }';
    const decoded = deliveriesV1.decode(recordOf(record.headers, data));
    expect(decoded.outcome === 'decoded' && decoded.value.bytes.toString('utf8')).toBe(data);
  });
});
