import type { Scenario } from './scenario.types.ts';
import { MIXED } from './worlds.ts';

const HOUR_MS = 3_600_000;
const SUCCESSES_WHILE_WRONG = 80;
const SERVICES = [
  'dispatcher',
  'router',
  'dispatcher',
  'front-door',
  'dispatcher',
  'audit',
  'dispatcher',
  'config',
] as const;

/** What waits for a retry must neither go out at once nor an hour late: the oracle's deliveries would not end. */
export const wrongClock: Scenario = {
  name: 'wrong-clock',
  about:
    'the wall clock of one service after the other jumps by an hour, forth or back, and returns; some are killed meanwhile',
  dispatchers: 1,
  world: MIXED,
  count: 8,
  clocksGoWrong: true,
  run: async (stage) => {
    stage.world.startSending();
    await stage.moreSuccesses(SUCCESSES_WHILE_WRONG);
    for (let jumps = 0; jumps < stage.count; jumps += 1) {
      const service = stage.stack.service(SERVICES[jumps % SERVICES.length] ?? 'dispatcher');
      service.shiftClock(jumps % 4 < 2 ? HOUR_MS : -HOUR_MS);
      await stage.moreSuccesses(SUCCESSES_WHILE_WRONG);
      await stage.pause(0, 1_000);
      if (jumps % 4 === 2) {
        // It reads with a right clock what it wrote with a wrong one.
        await stage.fault('kill', () => service.kill());
        service.shiftClock(0);
        await stage.comeBack(service, 'hookstile.dispatcher');
      }
      service.shiftClock(0);
      await stage.moreSuccesses(SUCCESSES_WHILE_WRONG);
    }
    return [];
  },
};
