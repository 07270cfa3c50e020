import type { RecordToProject } from '../project/project-record.js';

/**
 * Behind a backlog the journal goes first. What `deliveries` says of a delivery that the journal's record has written
 * already changes nothing, and is left out; the other way round the row is written twice, into all its
 * indexes. This decides only when records are written, so it may be wrong: it goes by their timestamps.
 *
 * A delivery's attempts are in the partition of the same number. One whose journal is not read here is never waited for.
 */
export class JournalLead {
  /** By partition, the time of the newest record of the journal so far. */
  readonly #reachedMs = new Map<number, number>();

  /** Records of the journal that go into the next flush. */
  reach(records: readonly RecordToProject[]): void {
    for (const [partition, ms] of newestOf(records)) {
      this.#reachedMs.set(partition, Math.max(ms, this.#reachedMs.get(partition) ?? ms));
    }
  }

  /** Whether some of these deliveries were written after all of their journal so far. */
  isPassedBy(deliveries: readonly RecordToProject[]): boolean {
    for (const [partition, ms] of newestOf(deliveries)) {
      if (ms > (this.#reachedMs.get(partition) ?? ms)) return true;
    }
    return false;
  }

  /** Stops waiting for the journal of these deliveries until more of it comes: another process may read it now. */
  forget(deliveries: readonly RecordToProject[]): void {
    for (const { partition } of deliveries) this.#reachedMs.delete(partition);
  }
}

/** By partition, the time of the last record: they are in the order of their offsets. */
function newestOf(records: readonly RecordToProject[]): Map<number, number> {
  return new Map(records.map(({ partition, timestampMs }) => [partition, timestampMs]));
}
