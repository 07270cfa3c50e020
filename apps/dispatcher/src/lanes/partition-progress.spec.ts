import { describe, expect, it } from 'vitest';
import { PartitionProgress } from './partition-progress.js';

const OWN_EPOCH = 2;

function afterTakeover(): PartitionProgress {
  const progress = new PartitionProgress({
    deliveriesOffset: 10,
    journalOffset: 5,
    journalEpoch: 1,
    marks: new Map(),
    historyThrough: 11,
  });
  for (const offset of [10, 11, 12]) progress.track(offset, null);
  return progress;
}

describe("a partition's progress", () => {
  it('tells a successor that what a former owner journaled is not late, while it is needed', () => {
    const progress = afterTakeover();
    progress.markDone(11);
    expect(progress.checkpoint(OWN_EPOCH)).toMatchObject({ deliveriesOffset: 10, journalOffset: 5, journalEpoch: 1 });
  });

  it('needs it no longer once all that it speaks of is passed', () => {
    const progress = afterTakeover();
    for (const offset of [11, 10]) progress.markDone(offset);
    const { deliveriesOffset, journalOffset, journalEpoch } = progress.checkpoint(OWN_EPOCH);
    expect(deliveriesOffset).toBe(12);
    expect(journalOffset).toBeGreaterThan(5);
    expect(journalEpoch).toBe(OWN_EPOCH);
  });

  it("needs the journal's word that a row's delivery ended until both the row and its offset are behind", () => {
    const progress = afterTakeover();
    for (const offset of [11, 12]) progress.markDone(offset);
    progress.needs.open(20, 1);
    let gone = (): void => {};
    progress.during(20, () => {
      gone = progress.needForRows([12]);
    });
    progress.needs.release(20);
    gone();
    progress.needs.open(21, 0);
    progress.needs.release(5);
    expect(progress.checkpoint(OWN_EPOCH)).toMatchObject({ deliveriesOffset: 10, journalOffset: 20 });
    progress.markDone(10);
    expect(progress.checkpoint(OWN_EPOCH)).toMatchObject({ deliveriesOffset: 13, journalOffset: 22 });
  });

  it('needs it also where the row ended before its record was read again', () => {
    const progress = afterTakeover();
    for (const offset of [10, 11, 12]) progress.markDone(offset);
    progress.needs.open(20, 1);
    progress.during(20, () => progress.needForRows([14])());
    progress.needs.release(20);
    progress.track(13, null);
    progress.track(14, null);
    progress.markDone(14);
    expect(progress.checkpoint(OWN_EPOCH)).toMatchObject({ deliveriesOffset: 13, journalOffset: 20 });
    progress.markDone(13);
    expect(progress.checkpoint(OWN_EPOCH)).toMatchObject({ deliveriesOffset: 15, journalOffset: 21 });
  });
});
