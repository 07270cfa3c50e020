import type { ReceivedRecord } from '../port/records.js';

/** A message as kafkajs decodes it, from a fetch or in a batch. */
export interface KafkajsMessage {
  offset: string;
  timestamp: string;
  key: Buffer | null;
  value: Buffer | null;
  headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
}

const NO_HEADERS: ReceivedRecord['headers'] = {};

/** A header that stands twice counts with its last value, as Kafka's `lastHeader` has it. */
function headersOf(headers: KafkajsMessage['headers']): ReceivedRecord['headers'] {
  if (!headers) return NO_HEADERS;
  let copied: Record<string, Buffer | undefined> | null = null;
  for (const name in headers) {
    const value = headers[name];
    if (!Array.isArray(value)) continue;
    copied ??= { ...(headers as Record<string, Buffer>) };
    copied[name] = value.at(-1) as Buffer;
  }
  return copied ?? (headers as Record<string, Buffer>);
}

export function receivedRecord(topic: string, partition: number, message: KafkajsMessage): ReceivedRecord {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    key: message.key?.toString('utf8') ?? null,
    headers: headersOf(message.headers),
    value: message.value,
    timestampMs: Number(message.timestamp),
  };
}
