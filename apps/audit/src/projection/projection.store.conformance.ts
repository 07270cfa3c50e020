import { expect, it } from 'vitest';
import { ProjectionRows } from '../project/projection-rows.js';
import type { AuditStores } from './audit.store.js';

/** Above the partitions that other suites of the same database use. */
const PARTITION = 1_000_000;

/** What every store of projections keeps to besides `replayConformance`. */
export function projectionStoreConformance(make: () => AuditStores): void {
  it('keeps the mark that was set last, in whatever order they are written', async () => {
    const { projections } = make();
    const mark = { partition: PARTITION, sourcePartition: 3, sourceOffset: 2 ** 40, integrationId: 'int_b' };
    for (const setAt of [7, 9, 8]) {
      const rows = new ProjectionRows();
      rows.addMarks([{ ...mark, setAt, sourceOffset: 2 ** 40 + setAt }]);
      await projections.write(rows);
    }
    expect(await projections.marksOf([PARTITION, PARTITION + 1])).toEqual([
      { ...mark, setAt: 9, sourceOffset: 2 ** 40 + 9 },
    ]);
  });

  it('takes a mark of an integration whose id has a character that Postgres has not', async () => {
    const { projections } = make();
    const rows = new ProjectionRows();
    const mark = {
      partition: PARTITION + 2,
      sourcePartition: 4,
      sourceOffset: 1,
      integrationId: 'int_\0,"{}\\',
      setAt: 1,
    };
    rows.addMarks([mark]);
    await projections.write(rows);
    const found = (await projections.marksOf([PARTITION + 2])).find(({ sourcePartition }) => sourcePartition === 4);
    expect(found?.integrationId.replace('\0', '\ufffd')).toBe('int_\ufffd,"{}\\');
  });

  it('keeps how far each partition is projected, which never goes back', async () => {
    const { projections } = make();
    for (const nextOffset of [7, 9, 8]) {
      const rows = new ProjectionRows();
      rows.addPosition({ topic: 'decisions', partition: PARTITION, nextOffset });
      await projections.write(rows);
    }
    const found = await projections.positionsOf(['decisions', 'unknown']);
    expect(found.filter(({ partition }) => partition === PARTITION)).toEqual([
      { topic: 'decisions', partition: PARTITION, nextOffset: 9 },
    ]);
  });

  it('keeps the lowest offset of each epoch, in whatever order they are written', async () => {
    const { projections } = make();
    for (const firstOffset of [7, 5, 9]) {
      const rows = new ProjectionRows();
      rows.addEpochs([{ partition: PARTITION, epoch: 1, firstOffset }]);
      await projections.write(rows);
    }
    expect(await projections.epochsOf([PARTITION, PARTITION + 1])).toEqual([
      { partition: PARTITION, epoch: 1, firstOffset: 5 },
    ]);
  });
}
