import { setTimeout as sleep } from 'node:timers/promises';
import type { BackingServer } from '../stack/backing-server.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { MIXED } from './worlds.ts';

const KILLED_POSTGRES_MS = 30_000;
const KILLED_BROKER_MS = 8_000;
const STOPPED_BROKER_MS = 60_000;
const STANDING_BROKER_MS = 12_000;
const SUCCESSES_BEFORE = 60;

async function away(
  stage: Stage,
  server: BackingServer,
  how: 'SIGKILL' | 'in order',
  forMs: number,
): Promise<string[]> {
  const notes: string[] = [];
  stage.world.startSending();
  for (let times = 0; times < stage.count; times += 1) {
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    await stage.pause(0, 1_000);
    await server.end(how);
    const before = stage.successes;
    await sleep(forMs);
    const meanwhile = stage.successes - before;
    const backAtMs = performance.now();
    await server.start();
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    const resumedMs = performance.now() - backAtMs;
    notes.push(
      `${meanwhile} delivered while it was away, flowing again ${(resumedMs / 1_000).toFixed(1)} s after its start`,
    );
  }
  return notes;
}

/** The services live on, so no attempt is cut off, and nothing may be repeated once the lease is theirs again. */
export const postgresKilled: Scenario = {
  name: 'postgres-killed',
  about: 'kill -9 of Postgres, away for 30 s',
  dispatchers: 1,
  world: MIXED,
  count: 1,
  run: (stage) => away(stage, stage.stack.postgres, 'SIGKILL', KILLED_POSTGRES_MS),
};

export const brokerKilled: Scenario = {
  name: 'broker-killed',
  about: 'kill -9 of the broker, away for 8 s',
  dispatchers: 1,
  world: MIXED,
  count: 1,
  run: (stage) => away(stage, stage.stack.kafka, 'SIGKILL', KILLED_BROKER_MS),
};

export const brokerStopped: Scenario = {
  name: 'broker-stopped',
  about: 'the broker is stopped in order, away for 60 s',
  dispatchers: 1,
  world: MIXED,
  count: 1,
  run: (stage) => away(stage, stage.stack.kafka, 'in order', STOPPED_BROKER_MS),
};

export const brokerStandsStill: Scenario = {
  name: 'broker-stands-still',
  about: 'SIGSTOP of the broker for 12 s: connections stay and nothing answers',
  dispatchers: 1,
  world: MIXED,
  count: 1,
  run: async (stage) => {
    stage.world.startSending();
    for (let times = 0; times < stage.count; times += 1) {
      await stage.moreSuccesses(SUCCESSES_BEFORE);
      await stage.pause(0, 1_000);
      stage.stack.kafka.signal('SIGSTOP');
      await sleep(STANDING_BROKER_MS);
      stage.stack.kafka.signal('SIGCONT');
      await stage.moreSuccesses(SUCCESSES_BEFORE);
    }
    return [];
  },
};
