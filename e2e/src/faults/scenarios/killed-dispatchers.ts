import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@hookstile/testing';
import type { Scenario } from './scenario.types.ts';
import { CALM, PARKING } from './worlds.ts';

const BETWEEN_KILLS_MIN_MS = 0;
const BETWEEN_KILLS_MAX_MS = 1_000;
const GROUP = 'hookstile.dispatcher';
/** A kill counts only in mid-flow. */
const SUCCESSES_BETWEEN_KILLS = 30;

export const dispatcherKilled: Scenario = {
  name: 'dispatcher-killed',
  about: 'kill -9 of the only dispatcher in mid-request, again and again',
  dispatchers: 1,
  world: CALM,
  count: 100,
  run: async (stage) => {
    const dispatcher = stage.stack.service('dispatcher');
    let inFlight = 0;
    stage.world.startSending();
    for (let kills = 0; kills < stage.count; kills += 1) {
      await stage.moreSuccesses(SUCCESSES_BETWEEN_KILLS);
      await stage.pause(BETWEEN_KILLS_MIN_MS, BETWEEN_KILLS_MAX_MS);
      await stage.inMidRequest();
      inFlight += stage.world.receiver.open;
      await stage.fault(`kill ${kills + 1}`, () => dispatcher.kill());
      await stage.comeBack(dispatcher, GROUP);
    }
    return [`${inFlight} requests were at their receivers when their sender was killed`];
  },
};

export const oneOfTwoDispatchersKilled: Scenario = {
  name: 'one-of-two-dispatchers-killed',
  about: 'kill -9 of one of two dispatchers; the other takes over, then the first comes back',
  dispatchers: 2,
  world: PARKING,
  count: 4,
  run: async (stage) => {
    stage.world.startSending();
    for (let kills = 0; kills < stage.count; kills += 1) {
      const dispatcher = stage.stack.service(stage.random.pick(['dispatcher', 'dispatcher-2'] as const));
      await stage.moreSuccesses(SUCCESSES_BETWEEN_KILLS);
      await stage.pause(BETWEEN_KILLS_MIN_MS, BETWEEN_KILLS_MAX_MS);
      await stage.fault(`kill ${kills + 1}`, () => dispatcher.kill());
      // Sometimes before the group has noticed, sometimes after.
      await stage.pause(0, 9_000);
      await dispatcher.start();
    }
    return [];
  },
};

const SLOW_REQUEST_MS = 14_000;
const FINISHED_EVENTS = 500;

/** The committed offset stands before the slow request, and a thousand outcomes lie only in the journal. */
export const killedBehindSlowRequest: Scenario = {
  name: 'killed-behind-slow-request',
  about: 'one request takes 14 s while 1,000 deliveries finish; then kill -9: none of the 1,000 goes out again',
  dispatchers: 1,
  world: { tenants: 1, endpoints: ['healthy', 'healthy', 'slow'], perSecond: 100 },
  count: 1,
  run: async (stage) => {
    const [sender] = stage.world.senders;
    const dispatcher = stage.stack.service('dispatcher');
    stage.world.override = (path, n, attempt) =>
      path.endsWith('-slow') ? { status: 200, delayMs: n === 0 && attempt === 1 ? SLOW_REQUEST_MS : 0 } : null;
    const finished = () =>
      stage.world.receiver.requests.filter(({ path, status }) => !path.endsWith('-slow') && status === 200);
    const begunAtMs = performance.now();
    await sender?.sendMany(FINISHED_EVENTS);
    await until(() => finished().length >= 2 * FINISHED_EVENTS, {
      timeoutMs: SLOW_REQUEST_MS,
      what: 'the deliveries that finish behind the slow request',
    });
    // Long enough for the journal, and for a checkpoint that cannot pass the slow request.
    await sleep(Math.max(0, Math.min(2_000, SLOW_REQUEST_MS - 1_500 - (performance.now() - begunAtMs))));
    await stage.fault('kill', () => dispatcher.kill());
    await dispatcher.start();
    await until(
      () => stage.world.receiver.requests.some(({ path, status }) => path.endsWith('-slow') && status === 200),
      {
        timeoutMs: 30_000,
        what: 'the slow delivery to be made again',
      },
    );
    const again = finished().length - new Set(finished().map(({ deliveryId }) => deliveryId)).size;
    return [`${finished().length} finished behind the slow request, ${again} of them again`];
  },
};
