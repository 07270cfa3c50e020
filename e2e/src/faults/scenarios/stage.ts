import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@hookstile/testing';
import type { Fault } from '../oracle/evidence.types.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { FaultStack } from '../stack/fault-stack.ts';
import type { World } from '../world/world.ts';

const SUCCESSES_TIMEOUT_MS = 60_000;

const nowMs = (): number => performance.timeOrigin + performance.now();

/** What a scenario works with. */
export class Stage {
  readonly stack: FaultStack;
  readonly world: World;
  readonly random: SeededRandom;
  /** How many faults to make. */
  readonly count: number;
  readonly faults: Fault[] = [];

  constructor(parts: { stack: FaultStack; world: World; random: SeededRandom; count: number }) {
    this.stack = parts.stack;
    this.world = parts.world;
    this.random = parts.random;
    this.count = parts.count;
  }

  /** Makes a fault that can cut attempts off; the oracle excuses what it did, and only that. */
  async fault(name: string, make: () => Promise<void>): Promise<void> {
    const fromMs = nowMs();
    await make();
    this.faults.push({ name, fromMs, toMs: nowMs() });
  }

  /** A random moment, so that faults meet everything that can be under way. */
  async pause(minMs: number, maxMs: number): Promise<void> {
    await sleep(this.random.whole(minMs, maxMs));
  }

  get successes(): number {
    return this.world.receiver.requests.filter(({ status }) => status === 200).length;
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
