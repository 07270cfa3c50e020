import { aDelivery, anIntegration } from '@hookstile/testing';
import { beforeEach, expect, it } from 'vitest';
import { LANE_SWEEP_INTERVAL_MS, LANES_AWAKE_OF_ONE_MIN } from './lane.bounds.js';
import { FakeLaneStore } from './lane.store.fake.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { LaneRunner } from './lane-runner.js';
import { anOutcome, lateServices, newProcess, type Process } from './late-services.fake.js';

const NOW_MS = 1_000_000;
const LATER_MS = NOW_MS + 8 * 3_600_000;
const fence = { partition: 0, epoch: 1 };
const id = 'int_keys';
const settings = {
  ordering: { mode: 'by-key' as const, key: '/subject', maxConcurrency: 4 },
  retry: {
    delaysMs: Array.from({ length: 50 }, () => 5_000),
    onExhausted: 'continue' as const,
    stopOn: [],
    disableOn: [],
    retryAfterMaxMs: 0,
  },
  disableAfter: null,
  disableAfterMs: null,
};

const nowhere = {
  deliveriesOffset: 100,
  journalOffset: 0,
  journalEpoch: 0,
  marks: new Map(),
  historyThrough: -1,
  runs: new Map(),
  next: new Map(),
};

let store: FakeLaneStore;
let process: Process;
let monotonicMs: number;
let sent: string[];
let journalOffset: number;

beforeEach(() => {
  store = new FakeLaneStore(new Map([[0, 1]]));
  process = newProcess();
  monotonicMs = NOW_MS;
  sent = [];
  journalOffset = 0;
});

async function waits(key: string, offset: number, dueAtMs: number): Promise<void> {
  const { envelope, bytes } = aDelivery({ integrationId: id, event: { id: key, subject: key } });
  const row = aLaneDelivery({ offset, attempt: 2, dueAtMs, envelope, data: bytes, bytes: bytes.length });
  const lane = { partition: 0, integrationId: id, key };
  await store.write([{ kind: 'park', fence, lane, insert: [row], update: [], storedAtMs: 1 }]);
}

function begin(): LaneRunner {
  const services = lateServices(process, store, {
    nowMs: () => monotonicMs,
    monotonicMs: () => monotonicMs,
    findsAtOnce: () => false,
    make: async ({ deliveries }) => {
      const keys = deliveries.map(({ envelope }) => envelope.event.id);
      sent.push(...keys);
      return anOutcome(!keys[0]?.startsWith('dead'), false);
    },
    appended: () => {},
    integration: () => anIntegration({ id, settings, enablement: 2, version: 3 }),
  });
  const runner = new LaneRunner(fence, services, { ...nowhere, rows: new Map([[id, store.stored.length]]) });
  runner.begin();
  return runner;
}

/** Answers whatever is asked, until nothing is. */
async function rests(): Promise<void> {
  for (let quiet = 0; quiet < 20; quiet += 1) {
    const { appends, writes, questions } = process;
    const write = writes.shift();
    if (write) await store.write([write.write]).then(() => write.done(true));
    const append = appends.shift();
    append?.done(journalOffset);
    journalOffset += 1;
    const question = questions.shift();
    question?.answer(false);
    if (write || append || question) quiet = 0;
    await Promise.resolve();
  }
}

async function pass(runner: LaneRunner, ms: number): Promise<void> {
  for (const untilMs = monotonicMs + ms; monotonicMs < untilMs; ) {
    monotonicMs += LANE_SWEEP_INTERVAL_MS;
    for (const [lane, { dueMs }] of [...process.timers]) {
      if (dueMs > monotonicMs) continue;
      process.timers.delete(lane);
      lane.shell.give(lane, { kind: 'timer fired', nowMs: monotonicMs });
    }
    runner.sweep();
    await rests();
  }
}

it('an owner who comes after the enabling sends at once what was held, whenever its next attempt was to be', async () => {
  await waits('held', 0, LATER_MS);
  await waits('failed', 1, LATER_MS);
  await store.write([{ kind: 'told', fence, integrationId: id, offsets: [0] }]);
  begin();
  await rests();
  expect(sent).toEqual(['held']);
});

it('lanes that fail again and again keep no other lane of their integration asleep that is due', async () => {
  for (let n = 0; n < LANES_AWAKE_OF_ONE_MIN; n += 1) await waits(`dead_${n}`, n, NOW_MS);
  await waits('well', LANES_AWAKE_OF_ONE_MIN, NOW_MS + 1);
  const runner = begin();
  await rests();
  expect(sent).not.toContain('well');
  await pass(runner, 4_000);
  expect(sent).toContain('well');
  await pass(runner, 10_000);
  const attempts = Map.groupBy(sent, (key) => key);
  expect(attempts.size).toBe(LANES_AWAKE_OF_ONE_MIN + 1);
  expect([...attempts.values()].every((of) => of.length <= 3)).toBe(true);
});
