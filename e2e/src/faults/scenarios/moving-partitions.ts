import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './scenario.types.ts';
import { FAST, MIXED } from './worlds.ts';

const BASELINE_MS = 10_000;
const BETWEEN_REBALANCES_MS = 2_000;
/** Of the throughput before. */
const THROUGHPUT_MIN = 0.5;

export const rebalances: Scenario = {
  name: 'rebalances',
  about: 'a second dispatcher comes and goes in order, every 2 s; no request is repeated, and throughput is compared',
  dispatchers: 1,
  world: { ...FAST, perSecond: 30 },
  count: 60,
  run: async (stage) => {
    const second = stage.stack.service('dispatcher-2');
    stage.world.startSending();
    await stage.moreSuccesses(100);
    const rate = async (work: () => Promise<void>): Promise<number> => {
      const from = { successes: stage.successes, atMs: performance.now() };
      await work();
      return ((stage.successes - from.successes) * 1_000) / (performance.now() - from.atMs);
    };
    const before = await rate(async () => void (await sleep(BASELINE_MS)));
    const during = await rate(async () => {
      for (let changes = 0; changes < stage.count; changes += 1) {
        if (second.isRunning) await second.stop();
        else await second.spawn();
        await sleep(BETWEEN_REBALANCES_MS);
      }
    });
    await second.stop();
    const said = `${before.toFixed(0)} deliveries/s before, ${during.toFixed(0)} during: ${((100 * during) / before).toFixed(0)} %`;
    if (during < THROUGHPUT_MIN * before) throw new Error(said);
    return [said];
  },
};

/** No fault is noted: whatever is repeated is found. */
export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  about: 'SIGTERM and start of each service in turn under load: nothing is repeated',
  dispatchers: 2,
  world: MIXED,
  count: 3,
  run: async (stage) => {
    const ends: string[] = [];
    stage.world.startSending();
    for (let rounds = 0; rounds < stage.count; rounds += 1) {
      for (const instance of ['dispatcher', 'dispatcher-2', 'router', 'front-door', 'config', 'audit'] as const) {
        const service = stage.stack.service(instance);
        await stage.moreSuccesses(40);
        await stage.pause(0, 500);
        const end = await service.stop();
        if (end !== 'code 0') ends.push(`${instance} ended with ${end}`);
        await service.start();
      }
    }
    if (ends.length > 0) throw new Error(ends.join(', '));
    return ['every service ended with code 0'];
  },
};
