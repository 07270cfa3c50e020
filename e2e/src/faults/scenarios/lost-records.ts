import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@hookstile/testing';
import { deliveryCounts } from '../oracle/gather-evidence.ts';
import type { ManagedService } from '../stack/managed-service.ts';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { CALM } from './worlds.ts';

const SUCCESSES_BEFORE = 40;
const SENDING_MS = 1_500;
const EVENTS = 'hookstile.events';
const DELIVERIES = 'hookstile.deliveries';
const ALARM_TIMEOUT_MS = 40_000;
const STANDING_MS = 3_000;
const ROUTER_GROUP = 'hookstile.router';

/** Every reader has its own word on how far it is; the group's offsets only say where fetching begins. */
export const offsetsDeleted: Scenario = {
  name: 'offsets-deleted',
  about: 'all consumer groups lose their offsets while the services are stopped in order, or killed',
  dispatchers: 1,
  world: CALM,
  count: 4,
  run: async (stage) => {
    const { stack } = stage;
    const readers = (['dispatcher', 'router', 'audit', 'config'] as const).map((name) => stack.service(name));
    let deleted = 0;
    stage.world.startSending();
    for (let times = 0; times < stage.count; times += 1) {
      await stage.moreSuccesses(SUCCESSES_BEFORE);
      if (times % 2 === 0) await Promise.all(readers.map((service) => service.stop()));
      else
        await stage.fault(
          'kill of all',
          async () => void (await Promise.all(readers.map((service) => service.kill()))),
        );
      for (const group of (await stack.broker.listGroups()).filter((id) => id.startsWith('hookstile.'))) {
        await stack.broker.removeMembers(group);
        await stack.broker.deleteGroup(group);
        deleted += 1;
      }
      await Promise.all(readers.map((service) => service.start()));
    }
    await stage.moreSuccesses(SUCCESSES_BEFORE);
    return [`${deleted} groups were deleted`];
  },
};

/** Whether the reader is away while the log's start moves past it, or only stands still for a moment. */
const READERS = ['stopped', 'paused'] as const;
type Reader = (typeof READERS)[number];

export const eventsLost: Scenario = {
  name: 'events-lost',
  about: 'the start of `events` moves past what the router has read: it stands still with an alarm until told to go on',
  dispatchers: 1,
  world: CALM,
  count: 2,
  run: async (stage) => {
    const { stack, world } = stage;
    const router = stack.service('router');
    for (let times = 0; times < stage.count; times += 1) {
      await world.sendFor(2_000);
      await stage.rest();
      const fromN = world.senders.map(({ accepted }) => accepted.length);
      const lost = await loseUnread(stage, EVENTS, router, READERS[times % 2] ?? 'stopped');
      await standsStill(stage, router, 'events_partition_stopped');
      // What the alarm advises, behind all that producers send again in its order.
      await router.stop();
      const ends = await stack.endsOf(EVENTS);
      for (const partition of lost) {
        await stack.query('update ingest.routed_through set next_offset = $2 where source_partition = $1', [
          partition,
          ends[partition],
        ]);
      }
      await router.start();
      await Promise.all(world.senders.map((sender, index) => sender.sendAgain(fromN[index] ?? 0)));
      await stage.moreSuccesses(SUCCESSES_BEFORE);
    }
    return ['alarmed each time, and whole again once the events were sent again'];
  },
};

export const deliveriesLost: Scenario = {
  name: 'deliveries-lost',
  about:
    "the start of `deliveries` moves past a dispatcher's checkpoint: it stands still until the router writes them again",
  dispatchers: 1,
  world: CALM,
  count: 2,
  run: async (stage) => {
    const { stack, world } = stage;
    const dispatcher = stack.service('dispatcher');
    const router = stack.service('router');
    for (let times = 0; times < stage.count; times += 1) {
      await world.sendFor(2_000);
      await stage.rest();
      // Stored by now: below these every delivery has ended.
      await router.stop();
      const routedThrough = await stack.query('select source_partition, next_offset from ingest.routed_through');
      await router.start();
      const lost = await loseUnread(stage, DELIVERIES, dispatcher, READERS[times % 2] ?? 'stopped');
      await standsStill(stage, dispatcher, READERS[times % 2] === 'paused' ? 'deliveries_gap' : 'log_truncated');
      await Promise.all([dispatcher.stop(), router.stop()]);
      const ends = await stack.endsOf(DELIVERIES);
      for (const partition of lost) {
        const end = ends[partition] ?? 0;
        // What came after the loss would be taken for newer than what is to be written again.
        await stack.broker.moveLogStart({ topic: DELIVERIES, partition }, end);
        await stack.query(
          `update dispatcher.partition_lease
           set checkpoint = jsonb_set(checkpoint, '{deliveriesOffset}', to_jsonb($2::bigint)) where partition = $1`,
          [partition, end],
        );
      }
      await stack.query(
        `update ingest.routed_through as now set next_offset = before.next_offset
         from jsonb_to_recordset($1::jsonb) as before (source_partition int, next_offset bigint)
         where now.source_partition = before.source_partition`,
        [JSON.stringify(routedThrough)],
      );
      await stack.broker.deleteGroup(ROUTER_GROUP);
      await Promise.all([dispatcher.start(), router.start()]);
      await stage.moreSuccesses(SUCCESSES_BEFORE);
    }
    return ['alarmed each time, and whole again once they were routed again'];
  },
};

/** What the topic gets while its reader does not read is deleted. Resolves with the partitions that lost something. */
async function loseUnread(stage: Stage, topic: string, reader: ManagedService, how: Reader): Promise<number[]> {
  const { stack } = stage;
  const before = await stack.endsOf(topic);
  stage.alarmsBefore = reader.alarms.length;
  if (how === 'stopped') await reader.stop();
  else reader.signal('SIGSTOP');
  await stage.world.sendFor(SENDING_MS);
  if (topic === DELIVERIES) await allRouted(stage);
  const lost: number[] = [];
  for (const [partition, end] of (await stack.endsOf(topic)).entries()) {
    if (end === before[partition]) continue;
    await stack.broker.moveLogStart({ topic, partition }, end);
    lost.push(partition);
  }
  if (how === 'stopped') await reader.spawn();
  else reader.signal('SIGCONT');
  // One that runs sees the loss with the next record.
  for (const sender of stage.world.senders) await sender.sendOne();
  return lost;
}

async function allRouted({ stack, world }: Stage): Promise<void> {
  const { lastingIds, deliveriesExpected } = world;
  await until(async () => (await deliveryCounts(stack, lastingIds)).shown === deliveriesExpected, {
    timeoutMs: ALARM_TIMEOUT_MS,
    intervalMs: 50,
    what: 'all events to be routed',
  });
}

/** An alarm, and no readiness, and neither goes away by itself. */
async function standsStill({ world, alarmsBefore }: Stage, service: ManagedService, alarm: string): Promise<void> {
  const { instance } = service.plan;
  await until(
    async () => (await service.readiness())?.ready === false && service.alarms.slice(alarmsBefore).includes(alarm),
    {
      timeoutMs: ALARM_TIMEOUT_MS,
      intervalMs: 100,
      what: `${instance} to stand still with the alarm ${alarm}`,
    },
  );
  // What was fetched before the loss may still go out; what was sent after it may not.
  const afterTheLoss = Math.max(...world.senders.map(({ accepted }) => accepted.length)) - 1;
  await sleep(STANDING_MS);
  const gone = world.requests.some(({ members }) => members.includes(afterTheLoss));
  if (gone) throw new Error(`${instance} goes on although records are lost`);
  if ((await service.readiness())?.ready !== false) throw new Error(`${instance} is ready although records are lost`);
}
