import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@hookstile/testing';
import type { Fault } from '../oracle/evidence.types.ts';
import { deliveryCounts } from '../oracle/gather-evidence.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { ManagedService } from '../stack/managed-service.ts';
import type { World } from '../world/world.ts';

const SUCCESSES_TIMEOUT_MS = 60_000;
const REST_TIMEOUT_MS = 600_000;
/** Longer than any retry, lease or session. */
const STANDSTILL_MS = 60_000;
const REST_POLL_MS = 200;
const MID_REQUEST_TIMEOUT_MS = 10_000;
/** How often a killed member of a group is left for the group to miss. */
const MISSED_BY_THE_GROUP = 0.1;

/** What a scenario works with. */
export class Stage {
  readonly stack: FaultStack;
  readonly world: World;
  readonly random: SeededRandom;
  /** How many faults to make. */
  readonly count: number;
  readonly faults: Fault[] = [];
  /** How many alarms a service had logged before what is to alarm it. */
  alarmsBefore = 0;

  constructor(parts: { stack: FaultStack; world: World; random: SeededRandom; count: number }) {
    this.stack = parts.stack;
    this.world = parts.world;
    this.random = parts.random;
    this.count = parts.count;
  }

  /** Makes a fault that can cut attempts off; the oracle excuses what it did, and only that. */
  async fault(name: string, make: () => Promise<void>): Promise<void> {
    const fromMs = Date.now();
    await make();
    this.faults.push({ name, fromMs, toMs: Date.now() });
  }

  /** A random moment, so that faults meet everything that can be under way. */
  async pause(minMs: number, maxMs: number): Promise<void> {
    await sleep(this.random.whole(minMs, maxMs));
  }

  get successes(): number {
    return this.world.receiver.successes;
  }

  /**
   * Resolves once every accepted event has a delivery at each integration in audit's view, and none is pending. A slow
   * machine may take its time as long as it comes nearer.
   */
  async rest(): Promise<void> {
    const { stack, world } = this;
    const deadlineMs = performance.now() + REST_TIMEOUT_MS;
    let missing = Number.POSITIVE_INFINITY;
    let nearerAtMs = performance.now();
    while (missing > 0) {
      const { shown, pending } = await deliveryCounts(stack, world.lastingIds);
      const left = Math.abs(world.deliveriesExpected - shown) + pending;
      if (left < missing) nearerAtMs = performance.now();
      missing = Math.min(missing, left);
      const nowMs = performance.now();
      if (left > 0 && (nowMs > deadlineMs || nowMs - nearerAtMs > STANDSTILL_MS))
        throw new Error(`audit shows ${shown} of ${world.deliveriesExpected} deliveries, ${pending} of them pending`);
      if (left > 0) await sleep(REST_POLL_MS);
    }
  }

  /** Resolves while some receiver has a request that it has not answered yet. */
  async inMidRequest(): Promise<void> {
    await until(() => this.world.receiver.open > 0, {
      timeoutMs: MID_REQUEST_TIMEOUT_MS,
      intervalMs: 1,
      what: 'a request in flight',
    });
  }

  /**
   * Starts the only member of a group again after it was killed. Mostly its membership is ended from outside, as the
   * session timeout would some seconds later, so that a run can have many kills; sometimes it is left to time out.
   */
  async comeBack(service: ManagedService, groupId: string): Promise<void> {
    if (this.random.next() >= MISSED_BY_THE_GROUP) await this.stack.broker.removeMembers(groupId);
    await service.start();
  }

  /** Resolves once receivers have taken this many more. */
  async moreSuccesses(count: number): Promise<void> {
    const goal = this.successes + count;
    await until(() => this.successes >= goal, {
      timeoutMs: SUCCESSES_TIMEOUT_MS,
      intervalMs: 25,
      what: `${count} more successes`,
    });
  }
}
