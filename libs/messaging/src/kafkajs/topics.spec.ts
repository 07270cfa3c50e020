import { describe, expect, it } from 'vitest';
import type { Client } from './client.js';
import { createTopics } from './topics.js';

const TOPIC = { name: 'orders', partitions: 3 };

/** A broker that answers each request about a new topic with the next of `answers`, and then that it has it. */
function clientOf(answers: (Error | 'unlisted' | 'led')[]) {
  let created = false;
  const next = () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const admin = {
    connect: async () => {},
    disconnect: async () => {},
    createTopics: async () => {
      created = true;
    },
    listTopics: async () => (created && (answers[0] !== 'unlisted' || next() !== 'unlisted') ? [TOPIC.name] : []),
    fetchTopicMetadata: async () => {
      next();
      return { topics: [{ name: TOPIC.name, partitions: Array(TOPIC.partitions).fill({}) }] };
    },
    fetchTopicOffsets: async () => {
      next();
      return [];
    },
  };
  return { adminKafka: { admin: () => admin } } as unknown as Client;
}

const broker = (type: string) => Object.assign(new Error(type), { type });

describe('creating topics', () => {
  it('waits for a broker that has not heard of a new topic, or of its leaders, yet', async () => {
    const answers = ['unlisted' as const, broker('UNKNOWN_TOPIC_OR_PARTITION'), broker('LEADER_NOT_AVAILABLE')];
    await createTopics(clientOf(answers), [TOPIC], 1);
    expect(answers).toEqual([]);
  });

  it('waits for a leader that does not know of it yet', async () => {
    const answers = ['led' as const, broker('NOT_LEADER_FOR_PARTITION'), 'led' as const];
    await createTopics(clientOf(answers), [TOPIC], 1);
    expect(answers).toEqual([]);
  });

  it('does not wait where a broker refuses', async () => {
    const refusal = createTopics(clientOf([broker('TOPIC_AUTHORIZATION_FAILED')]), [TOPIC], 1);
    await expect(refusal).rejects.toMatchObject({ code: 'broker_unavailable', retryable: true });
  });
});
