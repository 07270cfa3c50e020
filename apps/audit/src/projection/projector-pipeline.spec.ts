import { CONTRACT_HEADER, type Delivery } from '@hookstile/contracts';
import { aDelivery, until } from '@hookstile/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordToProject } from '../project/project-record.js';
import { ProjectionRows } from '../project/projection-rows.js';
import type { PositionRow } from '../project/rows.js';
import { deliveryRecord, journalRecord, received, sampleAttempt } from '../project/sample-records.js';
import { FakeProjectionStore } from './projection.store.fake.js';
import { projectorOver } from './projector.fake.js';
import type { Projector } from './projector.js';

/** Every write waits until the test ends it. */
class HeldStore extends FakeProjectionStore {
  readonly writes: (PromiseWithResolvers<void> & { rows: ProjectionRows })[] = [];
  looks = 0;

  override async write(rows: ProjectionRows): Promise<void> {
    const write = { rows, ...Promise.withResolvers<void>() };
    this.writes.push(write);
    await write.promise;
    await super.write(rows);
  }

  override async positionsOf(topics: readonly string[]): Promise<readonly PositionRow[]> {
    this.looks += 1;
    return super.positionsOf(topics);
  }
}

const deliveryOf = (n: number, integrationId = 'int_1'): Delivery =>
  aDelivery({ event: { id: `evt_${n}` }, sourceOffset: n, integrationId });
/** A batch of one record is a full one here. */
const routed = (delivery: Delivery, offset: number): RecordToProject[] => [received(deliveryRecord(delivery), offset)];
const attempted = (n: number): RecordToProject[] => [received(journalRecord(sampleAttempt(deliveryOf(n))), n)];

describe('projector with a backlog', () => {
  let store: HeldStore;
  let projector: Projector;
  const partitionStopped = vi.fn();

  beforeEach(() => {
    store = new HeldStore();
    partitionStopped.mockClear();
    const metrics = { flushed: () => undefined, flushFailed: () => undefined, partitionStopped };
    projector = projectorOver(store, { lingerMs: 1, batchFullRecords: 1 }, metrics);
  });

  const writeOf = async (n: number) => {
    await until(() => store.writes.length > n);
    const write = store.writes[n];
    if (!write) throw new Error('it was just there');
    return write;
  };

  it('projects the next flush while one is being written, and writes it once that one is stored', async () => {
    const first = projector.add('attempts', attempted(1));
    const write = await writeOf(0);
    const second = projector.add('attempts', attempted(2));
    await until(() => store.looks === 2);
    expect(store.writes).toHaveLength(1);
    write.resolve();
    await first;
    (await writeOf(1)).resolve();
    await second;
    expect(store.rows.attempts.size).toBe(2);
  });

  it('writes nothing for a delivery whose journal is written, or being written', async () => {
    const first = projector.add('attempts', attempted(1));
    const write = await writeOf(0);
    const behind = projector.add('deliveries', routed(deliveryOf(1), 0));
    write.resolve();
    await first;
    const second = await writeOf(1);
    expect(second.rows.deliveries.size).toBe(0);
    expect(second.rows.positions.size).toBe(1);
    second.resolve();
    await behind;
  });

  it('judges what comes again by what the flush before it will have stored', async () => {
    const first = projector.add('deliveries', routed(deliveryOf(7), 0));
    const write = await writeOf(0);
    const replayed = projector.add('deliveries', routed(deliveryOf(6), 1));
    await until(() => store.looks === 2);
    write.resolve();
    (await writeOf(1)).resolve();
    await Promise.all([first, replayed]);
    const statuses = [...store.rows.deliveries.values()].map(({ eventId, status }) => [eventId, status]);
    expect(Object.fromEntries(statuses)).toEqual({ evt_7: 'pending', evt_6: 'discarded' });
  });

  it('projects anew what was projected beside a flush that failed: another process may have written since', async () => {
    const first = projector.add('deliveries', routed(deliveryOf(7), 0));
    const failing = await writeOf(0);
    const second = projector.add('deliveries', routed(deliveryOf(8), 1));
    await until(() => store.looks === 2);
    const others = new ProjectionRows();
    others.addMarks([{ partition: 0, sourcePartition: 0, sourceOffset: 9, integrationId: 'int_1', setAt: 2 }]);
    store.rows.addAll(others);
    failing.reject(new Error('the database is away'));
    (await writeOf(1)).resolve();
    (await writeOf(2)).resolve();
    await Promise.all([first, second]);
    // Below every routing: it had been judged when the mark was not yet there.
    expect([...store.rows.deliveries.values()].map(({ deliveryOffset }) => deliveryOffset)).toEqual([-2, -2]);
  });

  it('stops the next flush where the one before it stopped, and tells of it once', async () => {
    const newer = { ...attempted(1)[0], headers: { [CONTRACT_HEADER]: Buffer.from('attempts/2') } } as RecordToProject;
    const first = projector.add('attempts', [newer]);
    const write = await writeOf(0);
    const behind = projector.add('attempts', attempted(2));
    await until(() => store.looks === 2);
    write.resolve();
    (await writeOf(1)).resolve();
    for (const stopped of [first, behind]) {
      await expect(stopped).resolves.toMatchObject({ stopped: [{ partition: 0, offset: 1 }] });
    }
    expect(store.rows.attempts.size).toBe(0);
    expect([...store.rows.positions.values()]).toEqual([]);
    expect(partitionStopped).toHaveBeenCalledTimes(1);
  });

  describe('where a partition stopped', () => {
    const newer = { ...attempted(1)[0], headers: { [CONTRACT_HEADER]: Buffer.from('attempts/2') } } as RecordToProject;
    /** The topic handed it over before it knew of the stop. */
    const expectStopped = async (...batches: Promise<unknown>[]) => {
      for (const batch of batches) {
        await expect(batch).resolves.toMatchObject({ stopped: [{ partition: 0, offset: 1 }] });
      }
      expect(store.rows.attempts.size).toBe(0);
      expect([...store.rows.positions.values()].filter(({ topic }) => topic === 'attempts')).toEqual([]);
      expect(partitionStopped).toHaveBeenCalledTimes(1);
    };

    it('stops what was handed over meanwhile and goes into a later flush', async () => {
      const first = projector.add('attempts', [newer]);
      const write = await writeOf(0);
      const other = projector.add('deliveries', routed(deliveryOf(7), 0));
      await until(() => store.looks === 2);
      const behind = projector.add('attempts', attempted(2));
      write.resolve();
      (await writeOf(1)).resolve();
      (await writeOf(2)).resolve();
      await other;
      await expectStopped(first, behind);
    });

    it('stops what goes into the same flush', async () => {
      const held = projector.add('deliveries', routed(deliveryOf(7), 0));
      const write = await writeOf(0);
      const other = projector.add('deliveries', routed(deliveryOf(8), 1));
      await until(() => store.looks === 2);
      const [first, behind] = [projector.add('attempts', [newer]), projector.add('attempts', attempted(2))];
      write.resolve();
      (await writeOf(1)).resolve();
      (await writeOf(2)).resolve();
      await Promise.all([held, other]);
      expect(store.writes).toHaveLength(3);
      await expectStopped(first, behind);
    });

    it('stops what is projected anew since the flush before it had failed at first', async () => {
      const first = projector.add('attempts', [newer]);
      const failing = await writeOf(0);
      const behind = projector.add('attempts', attempted(2));
      await until(() => store.looks === 2);
      failing.reject(new Error('the database is away'));
      (await writeOf(1)).resolve();
      (await writeOf(2)).resolve();
      await expectStopped(first, behind);
    });
  });

  it('stores nothing behind a flush that it gave up when it was stopped, though the database would take it', async () => {
    const first = projector.add('attempts', attempted(1));
    const failing = await writeOf(0);
    const second = projector.add('attempts', attempted(2));
    await until(() => store.looks === 2);
    const stopped = projector.stop();
    const given = [first, second].map((one) => expect(one).rejects.toThrow('away'));
    failing.reject(new Error('the database is away'));
    await Promise.all([...given, stopped]);
    expect(store.writes).toHaveLength(1);
    expect(store.rows.count).toBe(0);
  });
});
