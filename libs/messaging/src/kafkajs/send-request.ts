import type { Message, Producer, TopicMessages } from 'kafkajs';
import type { OutgoingRecord } from '../port/records.js';
import { RequestTooLargeError, type SendRequest } from '../publisher/send-request.js';
import { brokerErrorType, rootCause } from './broker-error.js';
import type { Client } from './client.js';

const ALL_IN_SYNC_REPLICAS = -1;
/** How long the broker waits for the in-sync replicas: less than until the request itself times out. */
const PRODUCE_TIMEOUT_MS = 8_000;
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

function topicMessagesOf(records: readonly OutgoingRecord[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, partition, key, headers, value } of records) {
    let messages = byTopic.get(topic);
    if (!messages) {
      messages = [];
      byTopic.set(topic, messages);
    }
    messages.push({ key, value, headers, partition });
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}

/** The broker answers with the offset of each partition's first record; the rest of them follow it. */
function offsetsOf(records: readonly OutgoingRecord[], firstOffsets: Map<string, number>): number[] {
  return records.map(({ topic, partition }) => {
    const key = `${partition}/${topic}`;
    const offset = firstOffsets.get(key);
    if (offset === undefined) throw new Error(`the broker did not answer for ${topic}/${partition}`);
    firstOffsets.set(key, offset + 1);
    return offset;
  });
}

/**
 * A producer that sends one request a call and leaves trying again to the caller. Not idempotent: kafkajs rolls its
 * sequence back when a request rejects after the broker had appended it, and the next record is then acknowledged
 * with the lost record's offset and never written.
 */
export function createSendRequest({ kafka }: Client): { producer: Producer; send: SendRequest } {
  const producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    retry: { retries: 0 },
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });

  const send: SendRequest = async (records) => {
    try {
      const answers = await producer.sendBatch({
        acks: ALL_IN_SYNC_REPLICAS,
        timeout: PRODUCE_TIMEOUT_MS,
        topicMessages: topicMessagesOf(records),
      });
      const firstOffsets = new Map(
        answers.map(({ topicName, partition, baseOffset }) => [`${partition}/${topicName}`, Number(baseOffset)]),
      );
      return offsetsOf(records, firstOffsets);
    } catch (error) {
      if (TOO_LARGE.has(brokerErrorType(error) ?? '')) throw new RequestTooLargeError('the broker refused the size');
      throw rootCause(error);
    }
  };
  return { producer, send };
}
