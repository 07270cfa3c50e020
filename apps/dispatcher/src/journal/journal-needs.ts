import { OffsetTracker } from '../lanes/offset-tracker.js';

/** How many things need a record. */
interface Need {
  count: number;
}

/**
 * From where a successor must read the journal. An acknowledged outcome is needed until what it says is stored
 * elsewhere: below the checkpoint's offset of `deliveries`, or in rows and counts.
 */
export class JournalNeeds {
  private readonly tracker: OffsetTracker<Need>;

  constructor(from: number) {
    this.tracker = new OffsetTracker<Need>(from, () => {});
  }

  get floor(): number {
    return this.tracker.lowWater;
  }

  /** A record was acknowledged at `offset`; it is needed for `count` things. Offsets come in rising order. */
  open(offset: number, count: number): void {
    if (this.tracker.track(offset, { count }) && count === 0) this.tracker.done(offset);
  }

  /** One thing more needs the record. */
  add(offset: number): void {
    const need = this.tracker.noteOf(offset);
    if (need !== undefined) need.count += 1;
  }

  release(offset: number): void {
    const need = this.tracker.noteOf(offset);
    if (need === undefined) return;
    need.count -= 1;
    if (need.count === 0) this.tracker.done(offset);
  }
}
