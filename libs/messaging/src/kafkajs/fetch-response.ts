import { FETCH_MAX_RECORDS, FETCH_UNPACKED_MAX_BYTES } from './fetch.bounds.js';
import type { WireMessage } from './internals.js';
import { readRecordBatch } from './record-batch.js';
import { WireReader } from './wire-reader.js';

const FIRST_OFFSET_AND_LENGTH_BYTES = 12;
const NO_REPLICA = -1;

interface Partition {
  partition: number;
  errorCode: number;
  highWatermark: string;
  lastStableOffset: string;
  lastStartOffset: string;
  abortedTransactions: { producerId: string; firstOffset: string }[];
  preferredReadReplica: number;
  messages: WireMessage[];
}

/** As kafkajs's own decoder of version 11 answers, without the partitions that have nothing to tell. */
export interface FetchResponse {
  throttleTime: 0;
  clientSideThrottleTime: number;
  errorCode: number;
  sessionId: number;
  responses: { topicName: string; partitions: Partition[] }[];
}

/** What the batches of one answer hold so far. */
class Unpacked {
  private bytes = 0;
  private records = 0;

  get isFull(): boolean {
    return this.bytes >= FETCH_UNPACKED_MAX_BYTES || this.records >= FETCH_MAX_RECORDS;
  }

  add(bytes: number, records: number): void {
    this.bytes += bytes;
    this.records += records;
  }
}

/** Batches in offset order, up to one that was cut off at the fetch's bound, or until the answer is full. */
async function messagesOf(records: Buffer, unpacked: Unpacked): Promise<WireMessage[]> {
  const reader = new WireReader(records);
  const messages: WireMessage[] = [];
  while (reader.left >= FIRST_OFFSET_AND_LENGTH_BYTES && !unpacked.isFull) {
    const firstOffset = reader.int64();
    const length = reader.int32();
    if (length > reader.left) break;
    const batch = await readRecordBatch(firstOffset, reader.bytes(length));
    unpacked.add(batch.bytes, batch.messages.length);
    for (const message of batch.messages) messages.push(message);
  }
  return messages;
}

function listOf<T>(reader: WireReader, item: () => T): T[] {
  const items: T[] = [];
  for (let left = reader.int32(); left > 0; left -= 1) items.push(item());
  return items;
}

type PartitionHeader = Omit<Partition, 'messages'>;

function partitionHeaderOf(reader: WireReader): PartitionHeader {
  return {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: `${reader.int64()}`,
    lastStableOffset: `${reader.int64()}`,
    lastStartOffset: `${reader.int64()}`,
    abortedTransactions: listOf(reader, () => ({ producerId: `${reader.int64()}`, firstOffset: `${reader.int64()}` })),
    preferredReadReplica: reader.int32(),
  };
}

/**
 * kafkajs makes a batch, a worker's turn and a heartbeat of each partition that an answer names, and the broker names all
 * that were asked for: of twelve partitions mostly eleven have nothing to tell, and are left out.
 */
function hasNothingToTell({ errorCode, preferredReadReplica }: PartitionHeader, recordBytes: number): boolean {
  return recordBytes <= 0 && errorCode === 0 && preferredReadReplica === NO_REPLICA;
}

async function partitionsOf(reader: WireReader, unpacked: Unpacked): Promise<Partition[]> {
  const partitions: Partition[] = [];
  for (let left = reader.int32(); left > 0; left -= 1) {
    const header = partitionHeaderOf(reader);
    const length = reader.int32();
    if (hasNothingToTell(header, length)) continue;
    const messages = length > 0 ? await messagesOf(reader.bytes(length), unpacked) : [];
    partitions.push({ ...header, messages });
  }
  return partitions;
}

/**
 * Reads the answer to a fetch (version 11) within bounds. kafkajs's own decoder unpacks whatever a producer packed, knows
 * gzip alone, stops its reader at a batch that it cannot read, fails at one of 120,000 records and takes quadratic time for a record's
 * headers.
 */
export async function readFetchResponse(raw: Buffer): Promise<FetchResponse> {
  const reader = new WireReader(raw);
  const unpacked = new Unpacked();
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: FetchResponse['responses'] = [];
  for (let topics = reader.int32(); topics > 0; topics -= 1) {
    const topicName = reader.string();
    responses.push({ topicName, partitions: await partitionsOf(reader, unpacked) });
  }
  // The broker expects its client to wait; kafkajs would wait a second time.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}
