import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type GateBounds, IntegrationGate } from './integration-gate.js';

let passed: string[];
let wakes: number[];

beforeEach(() => {
  passed = [];
  wakes = [];
});

const gateOf = (bounds: Partial<GateBounds>) =>
  new IntegrationGate<string>(
    { maxConcurrency: 8, perSecond: null, ...bounds },
    { pass: (attempt) => passed.push(attempt), wakeIn: (_, delayMs) => wakes.push(delayMs) },
  );

/** All ask at once; what passes begins at once. */
function askAll(gate: IntegrationGate<string>, names: string[], nowMs: number): void {
  for (const name of names) gate.request(name, nowMs);
}

describe('the gate of an integration', () => {
  it('lets no more attempts through at a time than the integration allows, in the order in which they asked', () => {
    const gate = gateOf({ maxConcurrency: 2 });
    askAll(gate, ['a', 'b', 'c', 'd'], 0);
    expect(passed).toEqual(['a', 'b']);
    expect(gate.blockOf('c', 0)).toBe('bounds');
    gate.begin('a', 1);
    gate.end('a', 2);
    expect(passed).toEqual(['a', 'b', 'c']);
    expect(gate.blockOf('c', 2)).toBeNull();
  });

  it('lets nothing begin while an outcome is not in the counts, not even what had passed', () => {
    const gate = gateOf({ maxConcurrency: 2 });
    askAll(gate, ['a', 'b', 'c'], 0);
    gate.begin('a', 0);
    gate.hold();
    gate.end('a', 1);
    expect(gate.begin('b', 1)).toBe(false);
    expect(passed).toEqual(['a', 'b']);
    gate.free(2);
    expect(passed).toEqual(['a', 'b', 'b', 'c']);
    expect(gate.begin('b', 2)).toBe(true);
  });

  it('waits for every outcome that is not in the counts', () => {
    const gate = gateOf({});
    gate.hold();
    gate.hold();
    gate.request('a', 0);
    gate.free(1);
    expect(passed).toEqual([]);
    gate.free(2);
    expect(passed).toEqual(['a']);
  });

  it('forgets one that is taken back, and gives its place to the next', () => {
    const gate = gateOf({ maxConcurrency: 1 });
    askAll(gate, ['a', 'b', 'c'], 0);
    expect([gate.withdraw('b'), gate.withdraw('a')]).toEqual([true, false]);
    gate.dismiss('a', 1);
    expect(passed).toEqual(['a', 'c']);
    gate.begin('c', 1);
    gate.end('c', 1);
    expect(gate.isIdle).toBe(true);
  });

  it('spreads attempts evenly under a rate limit', () => {
    const gate = gateOf({ perSecond: 4 });
    askAll(gate, ['a', 'b', 'c'], 1_000);
    expect(passed).toEqual(['a']);
    expect(gate.blockOf('b', 1_000)).toBe('rate_limit');
    gate.begin('a', 1_000);
    expect(wakes).toEqual([250]);
    // A timer can be early.
    gate.woken(1_249.5);
    expect([passed, wakes]).toEqual([['a'], [250, 0.5]]);
    gate.woken(1_250);
    expect(passed).toEqual(['a', 'b']);
  });

  it('lets nobody save up under a rate limit', () => {
    const gate = gateOf({ perSecond: 4 });
    gate.request('a', 0);
    gate.begin('a', 0);
    gate.end('a', 1);
    askAll(gate, ['b', 'c'], 60_000);
    gate.begin('b', 60_000);
    expect(passed).toEqual(['a', 'b']);
    gate.woken(60_250);
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('goes on under bounds that were changed', () => {
    const gate = gateOf({ maxConcurrency: 1, perSecond: 1 });
    askAll(gate, ['a', 'b', 'c'], 0);
    gate.begin('a', 0);
    gate.setBounds({ maxConcurrency: 3, perSecond: null }, 10);
    expect(passed).toEqual(['a', 'b', 'c']);
  });

  it('keeps all of its bounds whatever happens, and lets everything through in the end', () => {
    const step = fc.record({ what: fc.nat(6), pick: fc.nat(20), afterMs: fc.nat(400) });
    const bounds = fc.record({
      maxConcurrency: fc.integer({ min: 1, max: 4 }),
      perSecond: fc.option(fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 80 }), (given, steps) => {
        const world = new GateWorld(given);
        for (const { what, pick, afterMs } of steps) world.step(what, pick, afterMs);
        world.settle();
        expect(world.violations).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Thirds of a second add up to a second but for the last bits of their sum. */
const ROUNDING_MS = 1e-6;

/** Attempts that pass wait for their turn, begin and end; notes what breaks a bound. */
class GateWorld {
  readonly violations: string[] = [];
  private readonly gate: IntegrationGate<number>;
  private nowMs = 0;
  private asked = 0;
  private holds = 0;
  private open = 0;
  private readonly passed: number[] = [];
  private readonly running: number[] = [];
  private readonly begunAtMs: number[] = [];
  private wakeAtMs: number | null = null;

  constructor(private readonly bounds: GateBounds) {
    this.gate = new IntegrationGate<number>(bounds, {
      pass: (attempt) => {
        this.passed.push(attempt);
        if (this.passed.length + this.running.length > bounds.maxConcurrency)
          this.violations.push('too many at a time');
      },
      wakeIn: (_, delayMs) => {
        this.wakeAtMs = this.nowMs + delayMs;
      },
    });
  }

  step(what: number, pick: number, afterMs: number): void {
    this.nowMs += afterMs;
    if (this.wakeAtMs !== null && this.wakeAtMs <= this.nowMs) this.wake();
    if (what <= 1) this.ask();
    if (what === 2 || what === 3) this.begin(pick);
    if (what === 4) this.end(pick);
    if (what === 5) this.holdOrFree();
    if (what === 6) this.takeBack(pick);
  }

  settle(): void {
    while (this.holds > 0) this.holdOrFree();
    for (let steps = 0; steps < 10_000 && this.open > 0; steps += 1) {
      this.begin(0);
      this.end(0);
      if (this.wakeAtMs !== null && this.passed.length + this.running.length === 0) {
        this.nowMs = Math.max(this.nowMs, this.wakeAtMs);
        this.wake();
      }
    }
    if (this.open > 0 || !this.gate.isIdle) this.violations.push('some never get through');
  }

  private wake(): void {
    this.wakeAtMs = null;
    this.gate.woken(this.nowMs);
  }

  private ask(): void {
    this.open += 1;
    this.asked += 1;
    this.gate.request(this.asked, this.nowMs);
  }

  private begin(pick: number): void {
    const [attempt] = this.passed.splice(pick % Math.max(1, this.passed.length), 1);
    if (attempt === undefined) return;
    this.running.push(attempt);
    if (!this.gate.begin(attempt, this.nowMs)) {
      this.running.splice(this.running.indexOf(attempt), 1);
      return;
    }
    if (this.holds > 0) this.violations.push('began before the counts had the last outcome');
    this.begunAtMs.push(this.nowMs);
    const within = this.begunAtMs.filter((atMs) => atMs > this.nowMs - 1_000 + ROUNDING_MS).length;
    if (within > (this.bounds.perSecond ?? Number.POSITIVE_INFINITY)) this.violations.push('too many in a second');
  }

  private end(pick: number): void {
    const [attempt] = this.running.splice(pick % Math.max(1, this.running.length), 1);
    if (attempt === undefined) return;
    this.open -= 1;
    this.gate.end(attempt, this.nowMs);
  }

  private holdOrFree(): void {
    if (this.holds === 0) this.gate.hold();
    else this.gate.free(this.nowMs);
    this.holds = this.holds === 0 ? 1 : 0;
  }

  private takeBack(pick: number): void {
    if (this.asked === 0) return;
    const waiting = 1 + (pick % this.asked);
    if (this.gate.withdraw(waiting)) this.open -= 1;
    const [attempt] = this.passed.splice(0, pick % 2);
    if (attempt === undefined) return;
    this.open -= 1;
    this.gate.dismiss(attempt, this.nowMs);
  }
}
