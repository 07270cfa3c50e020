import type { IntegrationConfiguration } from '@hookstile/contracts';
import { aDelivery, anIntegration } from '@hookstile/testing';
import { expect, it, vi } from 'vitest';
import { TRACKED_MAX_COUNT } from './lane.bounds.js';
import { FakeLaneStore } from './lane.store.fake.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { LaneRunner } from './lane-runner.js';
import { anOutcome, lateServices, newProcess, type Process } from './late-services.fake.js';

vi.mock('./lane.bounds.js', async (original) => ({ ...(await original<object>()), TRACKED_MAX_COUNT: 8 }));

const NOW_MS = 1_000_000;
const DELIVERIES = 10;
const fence = { partition: 0, epoch: 1 };

function runnerOf(process: Process, store: FakeLaneStore, integration: IntegrationConfiguration): LaneRunner {
  const services = lateServices(process, store, {
    nowMs: () => NOW_MS,
    monotonicMs: () => NOW_MS,
    findsAtOnce: () => true,
    make: async () => anOutcome(true, false),
    appended: () => {},
    integration: () => integration,
  });
  return new LaneRunner(fence, services, {
    deliveriesOffset: 0,
    journalOffset: 0,
    journalEpoch: 0,
    marks: new Map(),
    historyThrough: -1,
    runs: new Map(),
    next: new Map(),
    rows: new Map(),
  });
}

function enqueue(runner: LaneRunner, { id: integrationId }: IntegrationConfiguration, offset: number): void {
  const { envelope, bytes } = aDelivery({ integrationId, sourceOffset: offset, deliveryId: `${offset}` });
  runner.enqueue(aLaneDelivery({ offset, envelope, data: bytes, bytes: bytes.length }));
}

it('an integration that has made no attempt yet makes no other one slow beside it', async () => {
  const integration = anIntegration({ id: 'int_new' });
  const runner = runnerOf(newProcess(), new FakeLaneStore(new Map([[0, 1]])), integration);
  enqueue(runner, integration, 0);
  expect(runner.meanAttemptsMs).toEqual([]);
  await vi.waitFor(() => expect(runner.meanAttemptsMs).toEqual([anOutcome(true, false).durationMs]));
});

it('with memory short an integration goes to rows that is slow at two looks, not one that was so for a moment', async () => {
  const process = newProcess();
  const integration = anIntegration({ id: 'int_slow' });
  const runner = runnerOf(process, new FakeLaneStore(new Map([[0, 1]])), integration);
  enqueue(runner, integration, 0);
  await vi.waitFor(() => expect(runner.meanAttemptsMs).toHaveLength(1));
  // Its outcomes are not acknowledged: what comes waits behind four of them.
  for (let offset = 1; offset < DELIVERIES; offset += 1) enqueue(runner, integration, offset);
  runner.relieveMemory(0);
  runner.relieveMemory(Number.POSITIVE_INFINITY);
  runner.relieveMemory(0);
  expect(process.writes).toEqual([]);
  runner.relieveMemory(0);
  expect(process.writes).toHaveLength(1);
});

it.each([
  ['a lane with many that wait', { mode: 'strict' as const }],
  ['many lanes that wait', { mode: 'unordered' as const, maxConcurrency: 2 }],
])('%s behind a rate limit do not hold up the checkpoint', async (_, ordering) => {
  const store = new FakeLaneStore(new Map([[0, 1]]));
  const process = newProcess();
  const integration = anIntegration({ id: 'int_slow', settings: { ordering, rateLimit: { perSecond: 1 } } });
  const runner = runnerOf(process, store, integration);
  for (let offset = 0; offset < DELIVERIES; offset += 1) enqueue(runner, integration, offset);
  const rests = async () => {
    for (let turn = 0; turn < 100; turn += 1) {
      process.appends.shift()?.done(turn);
      const write = process.writes.shift();
      if (write) await store.write([write.write]).then(() => write.done(true));
      process.questions.shift()?.answer(false);
      await Promise.resolve();
    }
  };
  await rests();
  expect(runner.progress.lowWater).toBe(1);
  runner.sweep();
  await rests();
  expect(runner.progress.size).toBeLessThanOrEqual(TRACKED_MAX_COUNT);
  expect(store.stored.length).toBeGreaterThan(0);
  expect(runner.progress.lowWater).toBeGreaterThan(DELIVERIES / 2);
});
