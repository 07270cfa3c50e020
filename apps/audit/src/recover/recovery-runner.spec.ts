import { until } from '@hookstile/testing';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeProjectionStore } from '../projection/projection.store.fake.js';
import { MissedDeliveries } from './missed-deliveries.fake.js';
import { FakeRecoveries } from './recoveries.fake.js';
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

  beforeEach(() => {
    const projections = new FakeProjectionStore();
    const recoveries = new FakeRecoveries(projections);
    const store = new FakeRecoveryStore(recoveries);
    work = new FakeRecoveryWorkStore(recoveries);
    missed = new MissedDeliveries({ projections, store, lists: store, work });
    told = [];
    tell = async () => {};
    runner = new RecoveryRunner({
      store: work,
      configuration: { integration: () => undefined, catchUp: async () => {} },
      routed: { inOrder: () => Promise.reject(new Error('nothing is sent here')) as never },
      publisher: {
        publishAll: async () => {},
        tell: async ({ recoveryId }) => {
          await tell();
          told.push(recoveryId);
        },
      },
      startOffset: async () => 0,
      partitionCount: 1,
      clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
      logger: pino({ level: 'silent' }),
      owner: 'a',
    });
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
