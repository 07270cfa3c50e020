interface Entry<T> {
  offset: number;
  note: T;
  done: boolean;
}

/**
 * Which offsets of a partition are under way, and from where a successor must read: `lowWater`, below which all is
 * done. Offsets are tracked in rising order; what was never tracked (a gap in the log) counts as done.
 */
export class OffsetTracker<T> {
  private entries: Entry<T>[] = [];
  private begin = 0;
  private next: number;

  /**
   * @param from the first offset that may be tracked
   * @param onPassed called once an entry, in offset order, when the low-water mark passes it
   */
  constructor(
    from: number,
    private readonly onPassed: (note: T, offset: number) => void,
  ) {
    this.next = from;
  }

  /** The next offset that is new: those below are tracked or done already, as after a rejoin. */
  get nextOffset(): number {
    return this.next;
  }

  get lowWater(): number {
    return this.entries[this.begin]?.offset ?? this.next;
  }

  /** Tracked offsets that the low-water mark has not passed. */
  get size(): number {
    return this.entries.length - this.begin;
  }

  /** False where the offset is not new. */
  track(offset: number, note: T): boolean {
    if (offset < this.next) return false;
    this.entries.push({ offset, note, done: false });
    this.next = offset + 1;
    return true;
  }

  noteOf(offset: number): T | undefined {
    return this.entries[this.indexOf(offset)]?.note;
  }

  /** False where the offset is not tracked, or done already. */
  done(offset: number): boolean {
    const entry = this.entries[this.indexOf(offset)];
    if (entry === undefined || entry.done) return false;
    entry.done = true;
    this.pass();
    return true;
  }

  private pass(): void {
    for (;;) {
      const entry = this.entries[this.begin];
      if (entry === undefined || !entry.done) break;
      this.begin += 1;
      this.onPassed(entry.note, entry.offset);
    }
    if (this.begin > 1_024 && this.begin * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.begin);
      this.begin = 0;
    }
  }

  /** By halving: entries are in offset order, usually without gaps. */
  private indexOf(offset: number): number {
    let low = this.begin;
    let high = this.entries.length - 1;
    const guess = low + (offset - (this.entries[low]?.offset ?? 0));
    if (this.entries[guess]?.offset === offset) return guess;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.entries[middle]?.offset ?? 0;
      if (found === offset) return middle;
      if (found < offset) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
