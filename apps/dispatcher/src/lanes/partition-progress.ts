import type { DeliveryEnvelope } from '@hookstile/contracts';
import type { Checkpoint } from '../journal/checkpoint.js';
import { JournalNeeds } from '../journal/journal-needs.js';
import { advanceMark, type MarkedDelivery, type Marks } from '../journal/marks.js';
import { OffsetTracker } from './offset-tracker.js';

/** A delivery's place in `deliveries` until all below it, and it, ended or are rows. */
interface Tracked {
  /** Of its envelope no more than marks need: many are tracked. */
  readonly delivery: MarkedDelivery | null;
  needs: number[] | null;
}

export interface ProgressBeginning {
  readonly deliveriesOffset: number;
  readonly journalOffset: number;
  /** The newest epoch that had begun before `journalOffset`. */
  readonly journalEpoch: number;
  readonly marks: Marks;
  /** The last offset that the journal's history speaks of, or -1. */
  readonly historyThrough: number;
}

/** How far a partition is done: what a successor must read of `deliveries` and of the journal. */
export class PartitionProgress {
  readonly needs: JournalNeeds;
  private readonly tracker: OffsetTracker<Tracked>;
  /** As of the tracker's low-water mark. */
  private readonly marks: Marks;
  /** Journal records that are needed until offsets are passed that are not read yet. */
  private readonly early = new Map<number, number[]>();
  /** The journal offset whose acknowledgement is being applied. */
  private current: number | null = null;

  constructor(private readonly beginning: ProgressBeginning) {
    const { deliveriesOffset, journalOffset, historyThrough, marks } = beginning;
    this.tracker = new OffsetTracker<Tracked>(deliveriesOffset, (note, offset) => this.passed(note, offset));
    this.needs = new JournalNeeds(journalOffset);
    this.needs.open(journalOffset, historyThrough >= deliveriesOffset ? 1 : 0);
    this.marks = new Map(marks);
  }

  /** The next offset of `deliveries` that is new. */
  get nextOffset(): number {
    return this.tracker.nextOffset;
  }

  get lowWater(): number {
    return this.tracker.lowWater;
  }

  /** How many deliveries are remembered until the checkpoint can be behind them. */
  get size(): number {
    return this.tracker.size;
  }

  checkpoint(epoch: number): Checkpoint {
    const journalOffset = this.needs.floor;
    return {
      epoch,
      deliveriesOffset: this.tracker.lowWater,
      journalOffset,
      // While what a former owner journaled is needed, a successor must not take it for late.
      journalEpoch: journalOffset > this.beginning.journalOffset ? epoch : this.beginning.journalEpoch,
      marks: new Map(this.marks),
    };
  }

  /** False where the offset is not new. */
  track(offset: number, envelope: DeliveryEnvelope | null): boolean {
    const tracked = this.tracker.track(offset, {
      delivery: envelope && markedOf(envelope),
      needs: this.early.get(offset) ?? null,
    });
    if (this.early.size > 0) this.early.delete(offset);
    return tracked;
  }

  /** Whatever ends while `apply` runs ends by the journal record at `journalOffset`, which is needed until it is passed. */
  during(journalOffset: number, apply: () => void): void {
    this.current = journalOffset;
    apply();
    this.current = null;
  }

  markDone(offset: number): void {
    if (this.current !== null) this.needUntilPassed(this.current, offset);
    this.tracker.done(offset);
  }

  /** The journal record is needed until a checkpoint is behind the offset; false where that is so already. */
  needUntilPassed(journalOffset: number, offset: number): boolean {
    if (offset >= this.tracker.nextOffset) {
      // A row that an earlier owner wrote, ended before its record is read again.
      this.needs.add(journalOffset);
      this.early.set(offset, [...(this.early.get(offset) ?? []), journalOffset]);
      return true;
    }
    const note = this.tracker.noteOf(offset);
    if (note === undefined) return false;
    this.needs.add(journalOffset);
    if (note.needs === null) note.needs = [journalOffset];
    else note.needs.push(journalOffset);
    return true;
  }

  /**
   * Rows whose deliveries ended go: the record whose acknowledgement is being applied is needed until the returned
   * function tells that they have gone, and until their offsets are passed. Without their rows, a successor that
   * reads them in the log knows only from the journal that they ended.
   */
  needForRows(offsets: readonly number[]): () => void {
    const { current } = this;
    if (current === null) return () => {};
    this.needs.add(current);
    for (const offset of offsets) this.needUntilPassed(current, offset);
    return () => this.needs.release(current);
  }

  private passed({ delivery, needs }: Tracked, offset: number): void {
    if (delivery) advanceMark(this.marks, delivery);
    if (needs) for (const need of needs) this.needs.release(need);
    if (offset === this.beginning.historyThrough) this.needs.release(this.beginning.journalOffset);
  }
}

function markedOf({ sourcePartition, sourceOffset, integrationId, trigger }: DeliveryEnvelope): MarkedDelivery {
  return { sourcePartition, sourceOffset, integrationId, trigger };
}
