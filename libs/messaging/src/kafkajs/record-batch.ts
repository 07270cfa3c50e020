import { BATCH_MAX_HEADERS, BATCH_MAX_RECORDS } from './fetch.bounds.js';
import type { WireMessage } from './internals.js';
import { UnreadableBatchError, unpack } from './unpack.js';
import { WireReader } from './wire-reader.js';

const LOG_APPEND_TIME_FLAG = 0x08;
const TRANSACTIONAL_FLAG = 0x10;
const CONTROL_FLAG = 0x20;

/** A batch without what comes before its attributes; format 2, which Kafka writes since 0.11. */
interface BatchHeader {
  firstOffset: bigint;
  attributes: number;
  lastOffsetDelta: number;
  firstTimestamp: number;
  maxTimestamp: number;
  /** As kafkajs's filter of aborted transactions wants it. */
  context: { producerId: string; inTransaction: boolean };
  recordCount: number;
}

function headerOf(firstOffset: bigint, reader: WireReader): BatchHeader {
  reader.bytes(4 + 1 + 4); // Leader's epoch, format, checksum.
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = Number(reader.int64());
  const maxTimestamp = Number(reader.int64());
  const producerId = `${reader.int64()}`;
  reader.bytes(2 + 4); // The producer's epoch and sequence.
  const recordCount = reader.int32();
  const context = { producerId, inTransaction: (attributes & TRANSACTIONAL_FLAG) > 0 };
  return { firstOffset, attributes, lastOffsetDelta, firstTimestamp, maxTimestamp, context, recordCount };
}

function messageOf(
  header: BatchHeader,
  offsetDelta: number,
): Pick<WireMessage, 'offset' | 'isControlRecord' | 'batchContext'> {
  return {
    offset: `${header.firstOffset + BigInt(offsetDelta)}`,
    isControlRecord: (header.attributes & CONTROL_FLAG) > 0,
    batchContext: header.context,
  };
}

/** How many headers the records of a batch may still have. */
interface HeadersLeft {
  count: number;
}

/** A header that stands twice counts with its last value, as Kafka's `lastHeader` has it. */
function headersOf(reader: WireReader, allowed: HeadersLeft): WireMessage['headers'] {
  const headers: WireMessage['headers'] = {};
  const count = reader.varint();
  allowed.count -= Math.max(count, 0);
  if (allowed.count < 0) {
    throw new UnreadableBatchError('too_large', `The batch holds more than ${BATCH_MAX_HEADERS} headers.`);
  }
  for (let left = count; left > 0; left -= 1) {
    const name = (reader.varintBytes() ?? Buffer.alloc(0)).toString('utf8');
    const value = reader.varintBytes() ?? undefined;
    // An assignment would set the prototype.
    if (name === '__proto__')
      Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
    else headers[name] = value;
  }
  return headers;
}

function recordOf(header: BatchHeader, reader: WireReader, allowed: HeadersLeft): WireMessage {
  reader.int8(); // Attributes of a record: none is in use.
  const timestampDelta = reader.varint();
  const offsetDelta = reader.varint();
  const isAppendTime = (header.attributes & LOG_APPEND_TIME_FLAG) > 0;
  return {
    ...messageOf(header, offsetDelta),
    timestamp: `${isAppendTime ? header.maxTimestamp : header.firstTimestamp + timestampDelta}`,
    key: reader.varintBytes(),
    value: reader.varintBytes(),
    headers: headersOf(reader, allowed),
  };
}

function recordsOf(header: BatchHeader, unpacked: Buffer): WireMessage[] {
  const reader = new WireReader(unpacked);
  const records: WireMessage[] = [];
  const allowed: HeadersLeft = { count: BATCH_MAX_HEADERS };
  try {
    for (let left = header.recordCount; left > 0; left -= 1) {
      records.push(recordOf(header, new WireReader(reader.bytes(reader.varint())), allowed));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnreadableBatchError('malformed', 'The records of the batch cannot be told apart.');
  }
  return records;
}

/**
 * In the place of records that cannot be read: one at each offset, so that each is accounted for; of a batch that holds
 * more than a reader takes, the last one stands for all.
 */
function placeholders(header: BatchHeader, { code, message }: UnreadableBatchError): WireMessage[] {
  const count = header.lastOffsetDelta + 1;
  const each = count <= BATCH_MAX_RECORDS;
  const first = each ? 0 : header.lastOffsetDelta;
  const messages: WireMessage[] = [];
  for (let delta = first; delta <= header.lastOffsetDelta; delta += 1) {
    messages.push({
      ...messageOf(header, delta),
      timestamp: `${header.maxTimestamp}`,
      key: null,
      value: null,
      headers: {},
      unreadable: { code, detail: message, records: each ? 1 : count },
    });
  }
  return messages;
}

/**
 * The records of one batch. One that cannot be read gives placeholders, so that its partition moves on.
 * @param batch what follows its length
 * @returns also how many bytes they take unpacked
 */
export async function readRecordBatch(
  firstOffset: bigint,
  batch: Buffer,
): Promise<{ messages: WireMessage[]; bytes: number }> {
  const reader = new WireReader(batch);
  const header = headerOf(firstOffset, reader);
  try {
    if (header.lastOffsetDelta >= BATCH_MAX_RECORDS || header.recordCount > BATCH_MAX_RECORDS) {
      throw new UnreadableBatchError('too_large', `The batch holds more than ${BATCH_MAX_RECORDS} records.`);
    }
    const unpacked = await unpack(header.attributes, reader.bytes(reader.left));
    return { messages: recordsOf(header, unpacked), bytes: unpacked.length };
  } catch (error) {
    if (!(error instanceof UnreadableBatchError)) throw error;
    return { messages: placeholders(header, error), bytes: 0 };
  }
}
