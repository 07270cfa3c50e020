import { createHash } from 'node:crypto';
import { CONTRACT_HEADER, type Configuration, configurationV1, type EncodedRecord } from '@hookstile/contracts';
import type { Messaging, ReceivedRecord } from '@hookstile/messaging';
import { CONFIGURATION_PARTITION, configurationRecord } from '../publishes/configuration.publisher.js';
import { READ_MAX_RECORDS } from './rebuild.bounds.js';
import type { FoundRecord, KeyedRecord, ShadowTables } from './shadow-tables.js';

/** A record that this release cannot read, for a newer one wrote it. */
export class NewerRecordError extends Error {
  readonly code = 'newer_record';
  readonly retryable = false;
}

/** The bytes that a reader makes something of: the contract, and the value. */
function digestOf(contract: string, value: Buffer): string {
  return createHash('sha256').update(contract).update('\n').update(value).digest('hex');
}

/** A record as it is compared. */
export function digested({ key, headers, value }: EncodedRecord, version: number): KeyedRecord {
  return { key, version, digest: digestOf(headers[CONTRACT_HEADER] ?? '', value) };
}

/** What `configuration` should say of a thing. */
export function expectedRecord(configuration: Configuration): KeyedRecord {
  return digested(configurationRecord(configuration), configuration.version);
}

function foundRecord(record: ReceivedRecord, key: string, value: Buffer): FoundRecord {
  const decoded = configurationV1.decode(record);
  if (decoded.outcome === 'unknown-version') {
    throw new NewerRecordError(`the record of ${key} at offset ${record.offset} is ${decoded.version}`);
  }
  const known = decoded.outcome === 'decoded' ? decoded.value : null;
  return {
    key,
    version: known?.version ?? null,
    digest: digestOf(record.headers[CONTRACT_HEADER]?.toString('latin1') ?? '', value),
    offset: record.offset,
    deleted: known?.deleted ?? false,
  };
}

/** Reads the whole topic as it is now and keeps the newest record of each key. Answers how many records it read. */
export async function readTopic(messaging: Messaging, topic: string, shadows: ShadowTables): Promise<number> {
  const at = { topic, partition: CONFIGURATION_PARTITION };
  const end = await messaging.endOffset(at);
  let count = 0;
  for (let from = await messaging.startOffset(at); from < end; from += READ_MAX_RECORDS) {
    const records: ReceivedRecord[] = [];
    const to = Math.min(from + READ_MAX_RECORDS, end);
    await messaging.readRange({ ...at, from, to, onRecords: (read) => void records.push(...read) });
    await keep(records, shadows);
    count += records.length;
  }
  return count;
}

async function keep(records: readonly ReceivedRecord[], shadows: ShadowTables): Promise<void> {
  const found = new Map<string, FoundRecord | null>();
  for (const record of records) {
    const { key, value } = record;
    if (key !== null) found.set(key, value === null ? null : foundRecord(record, key, value));
  }
  const kept = [...found.values()].filter((record) => record !== null);
  await shadows.forgetFound([...found].filter(([, record]) => record === null).map(([key]) => key));
  await shadows.addFound(kept);
}

/** The newest configuration of a key, where the topic has one at `offset`. */
export async function recordAt(messaging: Messaging, topic: string, offset: number): Promise<Configuration | null> {
  let configuration: Configuration | null = null;
  await messaging.readRange({
    topic,
    partition: CONFIGURATION_PARTITION,
    from: offset,
    to: offset + 1,
    onRecords: ([record]) => {
      const decoded = record && configurationV1.decode(record);
      if (decoded?.outcome === 'decoded') configuration = decoded.value;
    },
  });
  return configuration;
}
