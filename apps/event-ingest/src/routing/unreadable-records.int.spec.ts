import { gzipBomb, type PackedBatch } from '@hookstile/messaging/testing';
import { until } from '@hookstile/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IngestUnderTest } from '../ingest-under-test.js';

const GIGABYTE = 1_000_000_000;
/** What the process may grow while it reads a bomb; it holds the test's producer, too. */
const GROWTH_MAX_BYTES = 150 * 1024 * 1024;

let ingest: IngestUnderTest;

beforeAll(async () => {
  ingest = await IngestUnderTest.create();
});

afterAll(() => ingest?.destroy());

const headersOf = (tenantId: string, id: string) => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_source: '/packed',
  ce_type: 't',
  ce_tenantid: tenantId,
});

const eventsOf = (tenantId: string, codec: string) =>
  ['1', '2'].map((n) => ({ headers: headersOf(tenantId, `${codec}${n}`), value: Buffer.from(`"${codec}"`) }));

/** What became of the batch's records, in offset order, once each of them and the good one behind them is routed. */
async function fatesOf(tenantId: string, batch: PackedBatch): Promise<(string | null)[]> {
  const before = ingest.routings.length;
  const endId = `end${before}`;
  await ingest.producePacked(tenantId, batch);
  await ingest.produce(tenantId, { headers: headersOf(tenantId, endId), value: Buffer.from('"end"') });
  const isDelivered = () => ingest.deliveriesOf(tenantId).some(({ event }) => event.id === endId);
  // A record that names no tenant is routed beside the tenant's, so that the last one seen need not be the last.
  const areRouted = () => ingest.routings.length - before > batch.records.length;
  await until(() => isDelivered() && areRouted(), { what: 'the batch and the good record behind it' });
  const found = ingest.routings.slice(before).sort((left, right) => left.sourceOffset - right.sourceOffset);
  expect(found.at(-1)?.event?.id).toBe(endId);
  return found.map(({ outcome, reason }) => reason ?? outcome).slice(0, -1);
}

test.each(['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const)(
  'events in a batch packed by %s are routed',
  async (codec) => {
    const { tenantId } = await ingest.aTenant();
    const batch = { codec, records: eventsOf(tenantId, codec) };
    expect(await fatesOf(tenantId, batch)).toEqual(['routed', 'routed']);
    expect(ingest.deliveriesOf(tenantId).map(({ data }) => data)).toEqual([`"${codec}"`, `"${codec}"`, '"end"']);
  },
);

test('a megabyte that inflates to a gigabyte is rejected, and neither memory nor the partition is lost to it', async () => {
  const { tenantId } = await ingest.aTenant();
  const packed = gzipBomb(GIGABYTE);
  expect(packed.length).toBeLessThan(1_048_000);
  const bomb = { codec: 'GZIP', records: [{ value: null }], packed } as const;
  const rssBefore = process.memoryUsage.rss();
  expect(await fatesOf(tenantId, bomb)).toEqual(['too_large']);
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(GROWTH_MAX_BYTES);
});

test('records without a value, without an attribute or with a wrong one are rejected each by its code', async () => {
  const { tenantId } = await ingest.aTenant();
  const headers = headersOf(tenantId, 'e');
  const without = (name: keyof typeof headers) => {
    const { [name]: _, ...rest } = headers;
    return { headers: rest, value: Buffer.from('1') };
  };
  const records = [
    { value: null },
    { headers, value: null },
    { headers, value: Buffer.alloc(0) },
    without('ce_specversion'),
    without('ce_id'),
    without('ce_source'),
    without('ce_type'),
    without('ce_tenantid'),
    { headers: { ...headers, ce_specversion: '0.3' }, value: Buffer.from('1') },
    { headers: { ...headers, ce_time: 'yesterday' }, value: Buffer.from('1') },
    { headers: { ...headers, ce_: 'nameless' }, value: Buffer.from('1') },
    { headers: { ...headers, 'content-type': 'text/plain' }, value: Buffer.from('1') },
    { headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' }, value: Buffer.from('[]') },
    { headers, value: Buffer.alloc(900_000, '1') },
  ];
  const fates = await fatesOf(tenantId, { codec: 'None', records });
  expect(fates).toEqual([
    'malformed',
    'malformed',
    'invalid',
    'invalid',
    'invalid',
    'invalid',
    'invalid',
    'tenant_required',
    'invalid',
    'invalid',
    'invalid',
    'data_not_json',
    'unsupported_media_type',
    'too_large',
  ]);
});
