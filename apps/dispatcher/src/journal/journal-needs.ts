import { OffsetTracker } from '../lanes/offset-tracker.js';

/**
 * From where a successor must read the journal. An acknowledged outcome is needed until what it says is stored
 * elsewhere: below the checkpoint's offset of `deliveries`, or in rows and counts.
 */
export class JournalNeeds {
  private readonly needs = new Map<number, number>();
  private readonly tracker: OffsetTracker<null>;

  constructor(from: number) {
    this.tracker = new OffsetTracker<null>(from, (_, offset) => this.needs.delete(offset));
  }

  get floor(): number {
    return this.tracker.lowWater;
  }

  /** A record was acknowledged at `offset`; it is needed for `count` things. Offsets come in rising order. */
  open(offset: number, count: number): void {
    if (!this.tracker.track(offset, null)) return;
    this.needs.set(offset, count);
    if (count === 0) this.tracker.done(offset);
  }

  /** One thing more needs the record. */
  add(offset: number): void {
    const count = this.needs.get(offset);
    if (count !== undefined) this.needs.set(offset, count + 1);
  }

  release(offset: number): void {
    const count = this.needs.get(offset);
    if (count === undefined) return;
    this.needs.set(offset, count - 1);
    if (count === 1) this.tracker.done(offset);
  }
}
