import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { PARKING } from './worlds.ts';

/** Past the group's session (6 s) and, after it, the lease's term (6 s). */
const PAUSED_MS = 16_000;
const AWAKE_MS = 3_000;
const SUCCESSES_BEFORE = 60;
const IN_TRANSACTION_TRIES_MAX = 400;

export const dispatcherPaused: Scenario = {
  name: 'dispatcher-paused',
  about: 'SIGSTOP of one of two dispatchers past session and lease, then CONT: it must not send',
  dispatchers: 2,
  world: PARKING,
  count: 3,
  run: (stage) => pausedAgainAndAgain(stage, async (pause) => pause()),
};

export const dispatcherPausedInTransaction: Scenario = {
  name: 'dispatcher-paused-in-transaction',
  about: 'the same, stopped in the middle of a transaction',
  dispatchers: 2,
  world: PARKING,
  count: 2,
  run: async (stage) => {
    const client = new pg.Client({ connectionString: stage.stack.direct.databaseUrl });
    await client.connect();
    try {
      return await pausedAgainAndAgain(stage, (pause, resume) => pauseInTransaction(client, pause, resume));
    } finally {
      await client.end();
    }
  },
};

type Pausing = (pause: () => void, resume: () => void) => void | Promise<void>;

async function pausedAgainAndAgain(stage: Stage, pausing: Pausing): Promise<string[]> {
  stage.world.startSending();
  for (let pauses = 0; pauses < stage.count; pauses += 1) {
    const dispatcher = stage.stack.service(stage.random.pick(['dispatcher', 'dispatcher-2'] as const));
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    await stage.pause(0, 1_000);
    await stage.fault(`pause ${pauses + 1}`, async () => {
      await pausing(
        () => dispatcher.signal('SIGSTOP'),
        () => dispatcher.signal('SIGCONT'),
      );
    });
    await sleep(PAUSED_MS);
    dispatcher.signal('SIGCONT');
    await sleep(AWAKE_MS);
    await dispatcher.ready();
  }
  return [];
}

/** Stops and looks whether a session of the dispatcher's is open in mid-transaction, until one is. */
async function pauseInTransaction(client: pg.Client, pause: () => void, resume: () => void): Promise<void> {
  for (let tries = 0; tries < IN_TRANSACTION_TRIES_MAX; tries += 1) {
    pause();
    await sleep(1);
    const { rowCount } = await client.query(
      `select 1 from pg_stat_activity a join pg_locks l using (pid) join pg_class c on c.oid = l.relation
       where a.state = 'idle in transaction' and c.relname = 'partition_lease' and l.mode = 'RowShareLock'
         and a.state_change < clock_timestamp() - interval '20 milliseconds'`,
    );
    if (rowCount) return;
    await sleep(25);
    const { rowCount: still } = await client.query(
      `select 1 from pg_stat_activity a join pg_locks l using (pid) join pg_class c on c.oid = l.relation
       where a.state = 'idle in transaction' and c.relname = 'partition_lease' and l.mode = 'RowShareLock'
         and a.state_change < clock_timestamp() - interval '20 milliseconds'`,
    );
    if (still) return;
    resume();
    await sleep(5);
  }
  throw new Error(`no pause of ${IN_TRANSACTION_TRIES_MAX} met a transaction`);
}
