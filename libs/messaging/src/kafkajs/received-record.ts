import type { MessagingLogger } from '../port/messaging-logger.js';
import type { ReceivedRecord, Unreadable } from '../port/records.js';

/** A message as kafkajs decodes it, from a fetch or in a batch. */
export interface KafkajsMessage {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  /** Of our own reading of a fetch. */
  unreadable?: Unreadable;
}

const NO_HEADERS: ReceivedRecord['headers'] = {};

/** A fetch's answer up to this size may live as long as one of its records. */
const SHARED_MEMORY_MAX_BYTES = 128 * 1024;

/**
 * kafkajs cuts records out of the whole answer of a fetch, so one small record that waits in a lane would keep up to
 * 4 MiB in memory, which no bound of bytes sees. Out of a large answer it is copied.
 */
function detached(bytes: Buffer): Buffer {
  return bytes.buffer.byteLength > SHARED_MEMORY_MAX_BYTES ? Buffer.from(bytes) : bytes;
}

/** A header that stands twice counts with its last value, as Kafka's `lastHeader` has it. */
function headersOf(headers: KafkajsMessage['headers']): ReceivedRecord['headers'] {
  if (!headers) return NO_HEADERS;
  for (const name in headers) {
    const value = headers[name];
    const last = Array.isArray(value) ? value.at(-1) : value;
    (headers as Record<string, Buffer | undefined>)[name] = Buffer.isBuffer(last) ? detached(last) : undefined;
  }
  return headers as ReceivedRecord['headers'];
}

export function receivedRecord(topic: string, partition: number, message: KafkajsMessage): ReceivedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString('utf8') ?? null,
    headers: headersOf(message.headers),
    value: message.value && detached(message.value),
    timestampMs: Number(message.timestamp),
    ...(message.unreadable && { unreadable: message.unreadable }),
  };
}

/** One line a batch of a fetch: nothing is skipped in silence. */
export function tellUnreadable(logger: MessagingLogger, records: readonly ReceivedRecord[]): void {
  const unreadable = records.filter((record) => record.unreadable);
  const [first] = unreadable;
  if (!first?.unreadable) return;
  const { topic, partition, offset } = first;
  const { code, detail } = first.unreadable;
  const count = unreadable.reduce((sum, record) => sum + (record.unreadable?.records ?? 0), 0);
  const lastOffset = unreadable.at(-1)?.offset;
  logger.error({ alarm: 'records_unreadable', topic, partition, offset, lastOffset, records: count, code }, detail);
}
