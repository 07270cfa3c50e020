import { isKafkaRequest, KAFKA_PRODUCE, until } from '@hookstile/testing';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { CALM, HEALTHY } from './worlds.ts';

const SUCCESSES_BETWEEN_KILLS = 20;
const SUCCESSES_BETWEEN_DOOR_KILLS = 4;
const VIEW_TIMEOUT_MS = 30_000;
const BETWEEN_KILLS_MAX_MS = 500;
const PRODUCE_TIMEOUT_MS = 10_000;
const ROUTER_GROUP = 'hookstile.router';
const POSITIONS = /"sourcePartition":(\d+),"sourceOffset":(\d+)/g;

const writesTo =
  (topic: string) =>
  (bytes: Buffer): boolean =>
    isKafkaRequest(bytes, { apiKey: KAFKA_PRODUCE, topic });

/** The second write stands still in the proxy: before the broker has it, or after, with its answer outstanding. */
export const routerKilledBetweenWrites: Scenario = {
  name: 'router-killed-between-writes',
  about: 'kill -9 of the router: its inbox has the events, its deliveries are not written, or not acknowledged',
  dispatchers: 1,
  world: CALM,
  count: 100,
  run: async (stage) => {
    const kills = { request: 0, answer: 0 };
    let events = 0;
    stage.world.startSending();
    for (let kill = 0; kill < stage.count; kill += 1) {
      await stage.moreSuccesses(SUCCESSES_BETWEEN_KILLS);
      await stage.pause(0, BETWEEN_KILLS_MAX_MS);
      const what = stage.random.pick(['request', 'answer'] as const);
      events += await killBetweenWrites(stage, what);
      kills[what] += 1;
    }
    return [
      `${kills.request} kills before the deliveries were written, ${kills.answer} before they were acknowledged; ` +
        `${events} events stood in the inbox alone`,
    ];
  },
};

/** No attempt is cut off by it, so it excuses no repetition. Resolves with how many events the inbox had. */
async function killBetweenWrites(stage: Stage, what: 'request' | 'answer'): Promise<number> {
  const router = stage.stack.service('router');
  const held = await stage.stack.kafka.link.hold({
    what,
    isRequest: writesTo('hookstile.deliveries'),
    signal: AbortSignal.timeout(PRODUCE_TIMEOUT_MS),
  });
  if (held === null) throw new Error('the router wrote no deliveries');
  const inInbox = await rowsInInbox(stage, held.request);
  if (inInbox === 0) throw new Error('the router wrote deliveries of events that its inbox does not have');
  await router.kill();
  held.drop();
  await stage.comeBack(router, ROUTER_GROUP);
  return inInbox;
}

async function rowsInInbox({ stack }: Stage, request: Buffer): Promise<number> {
  const positions = [...request.toString('latin1').matchAll(POSITIONS)];
  const [row] = await stack.query<{ rows: number }>(
    `select count(*)::int as rows from ingest.inbox
     join unnest($1::int[], $2::bigint[]) as held (source_partition, source_offset)
       using (source_partition, source_offset)`,
    [positions.map(([, partition]) => Number(partition)), positions.map(([, , offset]) => Number(offset))],
  );
  return row?.rows ?? 0;
}

export const routerKilled: Scenario = {
  name: 'router-killed',
  about: 'kill -9 of the router at any moment',
  dispatchers: 1,
  world: CALM,
  count: 10,
  run: async (stage) => {
    const router = stage.stack.service('router');
    stage.world.startSending();
    for (let kills = 0; kills < stage.count; kills += 1) {
      await stage.moreSuccesses(SUCCESSES_BETWEEN_KILLS);
      await stage.pause(0, 1_500);
      await router.kill();
      await stage.comeBack(router, ROUTER_GROUP);
    }
    return [];
  },
};

/** Senders try again what was not answered; what had been accepted is a duplicate then. */
export const frontDoorKilled: Scenario = {
  name: 'front-door-killed',
  about: 'kill -9 of the front door while it accepts events',
  dispatchers: 1,
  world: CALM,
  count: 10,
  run: async (stage) => {
    const frontDoor = stage.stack.service('front-door');
    stage.world.startSending();
    for (let kills = 0; kills < stage.count; kills += 1) {
      await stage.moreSuccesses(SUCCESSES_BETWEEN_KILLS);
      await stage.pause(0, BETWEEN_KILLS_MAX_MS);
      await frontDoor.kill();
      await frontDoor.start();
    }
    return [`${stage.world.refused} requests were sent again`];
  },
};

/** The broker has the events or has not, and the producers, who were told neither, send them again. */
export const frontDoorKilledAroundAck: Scenario = {
  name: 'front-door-killed-around-ack',
  about: 'kill -9 of the front door before the broker has its events, or after, with the acknowledgement outstanding',
  dispatchers: 1,
  world: HEALTHY,
  count: 100,
  run: async (stage) => {
    const { stack, world } = stage;
    const frontDoor = stack.service('front-door');
    const kills = { request: 0, answer: 0 };
    world.startSending();
    for (let kill = 0; kill < stage.count; kill += 1) {
      await stage.moreSuccesses(SUCCESSES_BETWEEN_DOOR_KILLS);
      const what = stage.random.pick(['request', 'answer'] as const);
      const signal = AbortSignal.timeout(PRODUCE_TIMEOUT_MS);
      const held = await stack.kafka.link.hold({ what, isRequest: writesTo('hookstile.events'), signal });
      if (held === null) throw new Error('the front door wrote no events');
      await frontDoor.kill();
      held.drop();
      await frontDoor.start();
      kills[what] += 1;
    }
    const duplicates = await duplicatesOf(stage, kills.answer);
    return [
      `${kills.request} kills before the broker had the events, ${kills.answer} after it; ` +
        `${world.refused} requests were sent again, ${duplicates} of them are duplicates`,
    ];
  },
};

/** Resolves once audit shows so many: each event that the broker had was sent again. */
async function duplicatesOf({ stack, world }: Stage, atLeast: number): Promise<number> {
  let duplicates = 0;
  const isShown = async () => {
    const [row] = await stack.query<{ count: number }>(
      `select count(*)::int from audit.events where tenant_id = any ($1) and outcome = 'duplicate'`,
      [world.tenantIds],
    );
    duplicates = row?.count ?? 0;
    return duplicates >= atLeast;
  };
  await until(isShown, { timeoutMs: VIEW_TIMEOUT_MS, what: `${atLeast} duplicates in audit's view` });
  return duplicates;
}
