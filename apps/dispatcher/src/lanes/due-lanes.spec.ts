import { aDelivery, anIntegration } from '@hookstile/testing';
import { expect, it } from 'vitest';
import { FakeLaneStore } from './lane.store.fake.js';
import { aLaneDelivery } from './lane-delivery.fake.js';
import { LaneRunner } from './lane-runner.js';
import { lateServices, newProcess } from './late-services.fake.js';

const NOW_MS = 1_000_000;
const LATER_MS = NOW_MS + 8 * 3_600_000;
const fence = { partition: 0, epoch: 1 };
const id = 'int_keys';
const settings = { ordering: { mode: 'by-key' as const, key: '/subject', maxConcurrency: 4 } };

const nowhere = {
  deliveriesOffset: 9,
  journalOffset: 0,
  journalEpoch: 0,
  marks: new Map(),
  historyThrough: -1,
  runs: new Map(),
  next: new Map(),
};

async function rests(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

it('an owner who comes after the enabling sends at once what was held, whenever its next attempt was to be', async () => {
  const store = new FakeLaneStore(new Map([[0, 1]]));
  for (const [offset, key] of ['held', 'failed'].entries()) {
    const { envelope, bytes } = aDelivery({ integrationId: id, event: { id: key, subject: key } });
    const row = aLaneDelivery({ offset, attempt: 2, dueAtMs: LATER_MS, envelope, data: bytes, bytes: bytes.length });
    const lane = { partition: 0, integrationId: id, key };
    await store.write([{ kind: 'park', fence, lane, insert: [row], update: [], storedAtMs: 1 }]);
  }
  await store.write([{ kind: 'told', fence, integrationId: id, offsets: [0] }]);
  const process = newProcess();
  const sent: string[] = [];
  const services = lateServices(process, store, {
    nowMs: () => NOW_MS,
    monotonicMs: () => NOW_MS,
    findsAtOnce: () => false,
    make: ({ deliveries }) => {
      sent.push(...deliveries.map(({ envelope }) => envelope.event.id));
      return new Promise(() => {});
    },
    appended: () => {},
    integration: () => anIntegration({ id, settings, enablement: 2, version: 3 }),
  });
  const runner = new LaneRunner(fence, services, { ...nowhere, rows: new Map([[id, 2]]) });
  runner.begin();
  for (let answers = 0; answers < 20; answers += 1) {
    await rests();
    process.questions.shift()?.answer(false);
  }
  expect(sent).toEqual(['held']);
});
