import { setTimeout as sleep } from 'node:timers/promises';
import { type IsRequest, isKafkaProduce, isPostgresCommit } from '@hookstile/testing';
import type { BackingServer } from '../stack/backing-server.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { MIXED } from './worlds.ts';

const SUCCESSES_BEFORE = 40;
const LOST_ANSWER_TIMEOUT_MS = 5_000;
const RESETS_INTERVAL_MAX_MS = 1_500;
const SLOW_LATENCY_MS = 40;
const SLICE_BYTES = 64;
const SLOW_MS = 10_000;
const HALF_OPEN_MS = 15_000;

/** The server did what it was asked, and the client cannot know. */
async function answersLost(stage: Stage, server: BackingServer, isRequest: IsRequest): Promise<string[]> {
  let lost = 0;
  stage.world.startSending();
  await stage.moreSuccesses(SUCCESSES_BEFORE);
  while (lost < stage.count) {
    await stage.pause(50, 600);
    if (await server.link.loseAnswerTo(isRequest, AbortSignal.timeout(LOST_ANSWER_TIMEOUT_MS))) lost += 1;
    else throw new Error('no such request was seen');
  }
  await stage.moreSuccesses(SUCCESSES_BEFORE);
  return [`${lost} answers were lost`];
}

/** The loss that was measured with kafkajs's idempotent producer, against all producers of all services. */
export const appendUnanswered: Scenario = {
  name: 'append-unanswered',
  about: "the link to Kafka is cut after the append, before the answer: of any service's produce request",
  dispatchers: 1,
  world: MIXED,
  count: 30,
  run: (stage) => answersLost(stage, stage.stack.kafka, isKafkaProduce),
};

export const commitUnanswered: Scenario = {
  name: 'commit-unanswered',
  about: 'the link to Postgres is cut after a commit, before the answer',
  dispatchers: 1,
  world: MIXED,
  count: 15,
  run: (stage) => answersLost(stage, stage.stack.postgres, isPostgresCommit),
};

export const resettingLinks: Scenario = {
  name: 'resetting-links',
  about: 'all connections to Kafka or Postgres are reset, at random',
  dispatchers: 2,
  world: MIXED,
  count: 12,
  run: async (stage) => {
    stage.world.startSending();
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    for (let resets = 0; resets < stage.count; resets += 1) {
      stage.random.pick([stage.stack.kafka, stage.stack.postgres]).link.reset();
      await stage.pause(50, RESETS_INTERVAL_MAX_MS);
    }
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    return [];
  },
};

export const slowLinks: Scenario = {
  name: 'slow-links',
  about: 'each piece to and from Kafka and Postgres takes 40 ms, and Kafka comes in slices of 64 bytes',
  dispatchers: 1,
  world: MIXED,
  count: 1,
  run: async (stage) => {
    stage.world.startSending();
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    stage.stack.postgres.link.set({ latencyMs: SLOW_LATENCY_MS });
    stage.stack.kafka.link.set({ latencyMs: SLOW_LATENCY_MS });
    await sleep(SLOW_MS);
    stage.stack.kafka.link.set({ latencyMs: 0, sliceBytes: SLICE_BYTES });
    await sleep(SLOW_MS);
    return [];
  },
};

export const halfOpenLinks: Scenario = {
  name: 'half-open-links',
  about: 'connections to Kafka, then to Postgres, stay and nothing passes for 15 s',
  dispatchers: 2,
  world: MIXED,
  count: 1,
  run: async (stage) => {
    stage.world.startSending();
    for (const server of [stage.stack.kafka, stage.stack.postgres]) {
      await stage.moreSuccesses(SUCCESSES_BEFORE);
      server.link.set({ blackhole: true });
      await sleep(HALF_OPEN_MS);
      server.link.heal();
    }
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    return [];
  },
};
