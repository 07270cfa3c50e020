/** Where a Kafka request says what it is: after its size. */
const KAFKA_API_KEY_AT = 4;
const KAFKA_CLIENT_ID_AT = 12;

export const KAFKA_PRODUCE = 0;
export const KAFKA_FETCH = 1;

export interface KafkaRequestKind {
  /** Of Kafka's protocol, such as `KAFKA_PRODUCE`. */
  apiKey: number;
  clientId?: string;
  /** Named in it, as far as these bytes go. */
  topic?: string;
}

/** Whether the bytes begin with such a request; kafkajs writes a frame at once. */
export function isKafkaRequest(bytes: Buffer, { apiKey, clientId, topic }: KafkaRequestKind): boolean {
  if (bytes.length < KAFKA_API_KEY_AT + 2 || bytes.readInt16BE(KAFKA_API_KEY_AT) !== apiKey) return false;
  if (clientId !== undefined && kafkaClientId(bytes) !== clientId) return false;
  return topic === undefined || bytes.includes(topic);
}

function kafkaClientId(bytes: Buffer): string | null {
  if (bytes.length < KAFKA_CLIENT_ID_AT + 2) return null;
  const start = KAFKA_CLIENT_ID_AT + 2;
  return bytes.toString('utf8', start, start + bytes.readInt16BE(KAFKA_CLIENT_ID_AT));
}

export function isKafkaProduce(bytes: Buffer): boolean {
  return isKafkaRequest(bytes, { apiKey: KAFKA_PRODUCE });
}

/** A Postgres commit, as the simple query that drivers send. */
export function isPostgresCommit(bytes: Buffer): boolean {
  return bytes.includes('COMMIT');
}
