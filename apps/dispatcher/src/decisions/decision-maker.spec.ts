import type { Decision } from '@hookstile/contracts';
import { aDecisionRule, type FixedClock, fixedClock } from '@hookstile/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Circuits } from './circuits.js';
import { BARRIER_WAIT_MAX_MS, RECORD_WAIT_MAX_MS } from './decision.bounds.js';
import { DecisionCache } from './decision-cache.js';
import { DecisionMaker } from './decision-maker.js';
import type { EndedDecision } from './decision-telemetry.js';
import type { HookAnswer } from './hook-answer.js';
import type { HookQuestion } from './hook-caller.js';

const rule = aDecisionRule({ settings: { responseActions: [{ type: 'allow', key: 'ok', value: true }] } });
const GRANTED: HookAnswer = {
  kind: 'answered',
  answer: { status: 200, headers: [], body: Buffer.from('{"ok":true}'), truncated: false },
};
const CALLER = { tenantId: 'ten_1', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
const INPUT = { rule: 'posture', values: new Map([['username', 'ann']]) };

let clock: FixedClock;
let recorded: Decision[];
let ended: EndedDecision[];
let asked: HookQuestion[];
let spans: { name: string; parent: string | null; failed: boolean }[];
/** What becomes of a record, and whether there is room for one. */
let acknowledged: Promise<void>;
let isFull: boolean;
let state: 'enabled' | 'disabled';
/** How long the rule is waited for. */
let barrierMs: number;

beforeEach(() => {
  clock = fixedClock();
  [recorded, ended, asked, spans] = [[], [], [], []];
  acknowledged = Promise.resolve();
  [isFull, state, barrierMs] = [false, 'enabled', 0];
});
afterEach(() => {
  vi.useRealTimers();
});

function maker(): DecisionMaker {
  const startSpan = (name: string, { parent }: { parent: string | null }) => {
    const span = { name, parent, failed: false };
    spans.push(span);
    return {
      traceparent: `${CALLER.traceparent.slice(0, 36)}00000000000000aa-01`,
      end: () => {},
      fail: () => {
        span.failed = true;
      },
    };
  };
  const parts = {
    rules: {
      byIdOrName: async () => {
        clock.advance(barrierMs);
        return { ...rule, state };
      },
    },
    hooks: {
      newId: () => 'dec_1',
      call: async (question: HookQuestion) => {
        asked.push(question);
        clock.advance(7);
        return { asked: GRANTED, hookMs: 5, request: null };
      },
    },
    circuits: new Circuits(clock.monotonicMs),
    cache: new DecisionCache(clock.monotonicMs),
    records: {
      get isFull() {
        return isFull;
      },
      record: (decision: Decision) => {
        recorded.push(decision);
        return acknowledged;
      },
    },
    recorder: { ended: (decision: EndedDecision) => void ended.push(decision) },
    tracing: { enabled: false, startSpan },
    clock,
  };
  return new DecisionMaker(parts as unknown as ConstructorParameters<typeof DecisionMaker>[0]);
}

describe('a decision', () => {
  test('is recorded with who asked, and counted with the time of the hook apart', async () => {
    expect(await maker().decide(CALLER, INPUT)).toMatchObject({ id: 'dec_1', decision: 'granted', durationMs: 7 });
    expect(recorded).toMatchObject([
      { id: 'dec_1', tenantId: 'ten_1', ruleId: 'rul_1', username: 'ann', durationMs: 7 },
    ]);
    expect(ended).toMatchObject([{ hookMs: 5, totalMs: 7 }]);
  });

  test('leaves the hook all of its time also where the newest configuration was waited for', async () => {
    barrierMs = BARRIER_WAIT_MAX_MS;
    const startedMs = clock.monotonicMs();
    expect(await maker().decide(CALLER, INPUT)).toMatchObject({ durationMs: BARRIER_WAIT_MAX_MS + 7 });
    expect(asked).toMatchObject([{ startedMs: startedMs + BARRIER_WAIT_MAX_MS }]);
  });

  test("is a span of the caller's trace, under which the hook is asked and the record is made", async () => {
    await maker().decide(CALLER, INPUT);
    expect(spans).toEqual([{ name: 'decision', parent: CALLER.traceparent, failed: false }]);
    expect(asked[0]?.traceparent).toMatch(/00000000000000aa/);
    expect(recorded[0]?.traceparent).toBe(asked[0]?.traceparent);
  });

  test('is given without its acknowledgement where that is late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    acknowledged = new Promise(() => {});
    const decided = maker().decide(CALLER, INPUT);
    await vi.advanceTimersByTimeAsync(RECORD_WAIT_MAX_MS - 1);
    expect(ended).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await decided).toMatchObject({ decision: 'granted' });
  });

  test('is not given where it cannot be recorded', async () => {
    acknowledged = Promise.reject(new Error('full'));
    await expect(maker().decide(CALLER, INPUT)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    expect(spans).toMatchObject([{ failed: true }]);
  });

  test('is not made while too many wait to be recorded: no hook is asked', async () => {
    isFull = true;
    await expect(maker().decide(CALLER, INPUT)).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toEqual([]);
  });

  test('is not made under a disabled rule', async () => {
    state = 'disabled';
    await expect(maker().decide(CALLER, INPUT)).rejects.toMatchObject({ code: 'rule_disabled' });
    expect([asked, recorded]).toEqual([[], []]);
  });
});
