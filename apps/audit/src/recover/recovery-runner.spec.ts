import type { Delivery } from '@hookstile/contracts';
import { aDelivery, anIntegration, until } from '@hookstile/testing';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { MissedDeliveries, SINCE_MS } from './missed-deliveries.fake.js';
import { FakeRecoveries } from './recoveries.fake.js';
import { TURN_MS, WORKED_RECOVERIES_MAX } from './recovery.bounds.js';
import { FakeRecoveryStore } from './recovery.store.fake.js';
import { RecoveryRunner } from './recovery-runner.js';
import { FakeRecoveryWorkStore } from './recovery-work.store.fake.js';

const TIMEOUT_MS = 10_000;

describe('the runner of recoveries', () => {
  let missed: MissedDeliveries;
  let work: FakeRecoveryWorkStore;
  let told: string[];
  let tell: () => Promise<void>;
  let runner: RecoveryRunner;
  let startOffset: () => Promise<number>;
  let at: () => Promise<Delivery>;
  /** What the clock is ahead of the time that passes. */
  let aheadMs: number;

  beforeEach(() => {
    const projections = new FakeProjectionStore();
    const recoveries = new FakeRecoveries(projections);
    const store = new FakeRecoveryStore(recoveries);
    work = new FakeRecoveryWorkStore(recoveries);
    missed = new MissedDeliveries({ projections, store, lists: store, work });
    told = [];
    aheadMs = 0;
    tell = async () => {};
    startOffset = async () => 0;
    at = async () => aDelivery();
    runner = newRunner();
  });

  const newRunner = () =>
    new RecoveryRunner({
      store: work,
      configuration: { integration: () => anIntegration({ state: 'enabled' }), catchUp: async () => {} },
      routed: { inOrder: () => ({ at: () => at() }) as never },
      publisher: {
        publishAll: async () => {},
        tell: async ({ recoveryId }) => {
          await tell();
          told.push(recoveryId);
        },
      },
      startOffset: () => startOffset(),
      partitionCount: 1,
      clock: { nowMs: () => SINCE_MS, monotonicMs: () => performance.now() + aheadMs },
      logger: pino({ level: 'silent' }),
      owner: 'a',
    });
  afterEach(() => runner.stop());

  const untilDone = (id: string) =>
    until(async () => (await missed.get(id))?.status === 'done', { what: 'its end', timeoutMs: TIMEOUT_MS });

  it('works what is there and what comes, each once', async () => {
    const first = await missed.start();
    runner.start();
    await untilDone(first);
    const second = await missed.start();
    await untilDone(second);
    expect(told).toEqual([first, second]);
  });

  it('goes on where the database was away', async () => {
    const lease = work.lease.bind(work);
    let failures = 0;
    work.lease = async (...given) => {
      failures += 1;
      if (failures === 1) throw new Error('the database is away');
      return lease(...given);
    };
    const id = await missed.start();
    runner.start();
    await untilDone(id);
    expect(failures).toBeGreaterThan(1);
  });

  it('lets all have their turn where more wait for endings than it works at a time', async () => {
    for (let n = 0; n < WORKED_RECOVERIES_MAX; n += 1) {
      const integrationId = `${missed.integrationId}_${n}`;
      await missed.ended(n, n, 'failed', integrationId);
      await missed.start({ integrationId });
    }
    const tenantId = 'ten_other';
    const last = await missed.start({ tenantId });
    runner.start();
    await until(() => told.length === WORKED_RECOVERIES_MAX, { what: 'all places taken', timeoutMs: TIMEOUT_MS });
    expect(told).not.toContain(last);
    aheadMs += TURN_MS;
    const isDone = async () => (await missed.stores.store.get(tenantId, last))?.status === 'done';
    await until(isDone, { what: 'the turn of the last one', timeoutMs: TIMEOUT_MS });
  });

  it('stops at once where the broker does not say where the topic begins, or what it holds', async () => {
    for (const part of ['start', 'read'] as const) {
      const asked = Promise.withResolvers<void>();
      const hangs = () => {
        asked.resolve();
        return new Promise<never>(() => {});
      };
      if (part === 'start') startOffset = hangs;
      else at = hangs;
      const integrationId = `${missed.integrationId}_${part}`;
      await missed.ended(1, 1, 'failed', integrationId);
      const id = await missed.start({ integrationId });
      runner.start();
      await asked.promise;
      await runner.stop();
      expect((await missed.lease(id)).id).toBe(id);
      startOffset = async () => 0;
      runner = newRunner();
    }
  });

  it('leaves a recovery to others at once when it stops, also amid a write that is not acknowledged', async () => {
    const writing = Promise.withResolvers<void>();
    tell = () => {
      writing.resolve();
      return new Promise(() => {});
    };
    const id = await missed.start();
    runner.start();
    await writing.promise;
    await expect(missed.lease(id)).rejects.toThrow('not to be had');
    await runner.stop();
    expect((await missed.lease(id)).id).toBe(id);
  });
});
