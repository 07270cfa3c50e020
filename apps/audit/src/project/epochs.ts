import type { EpochRow } from './rows.js';

/**
 * Which epochs of which partitions began where in the journal. A row is late when an owner of a higher epoch had
 * written before it. Kafka gives a partition's records in order, so whatever makes a row late was seen before it –
 * in this flush or in an earlier one, whose epochs the store gives back.
 */
export class Epochs {
  readonly #firstOffsets = new Map<number, Map<number, number>>();
  readonly #found = new Map<string, EpochRow>();

  constructor(known: readonly EpochRow[] = []) {
    for (const row of known) this.#of(row.partition).set(row.epoch, row.firstOffset);
  }

  see(partition: number, epoch: number, offset: number): void {
    const offsets = this.#of(partition);
    const known = offsets.get(epoch);
    if (known !== undefined && known <= offset) return;
    offsets.set(epoch, offset);
    this.#found.set(`${partition}:${epoch}`, { partition, epoch, firstOffset: offset });
  }

  isLate(partition: number, epoch: number, offset: number): boolean {
    for (const [other, firstOffset] of this.#of(partition)) {
      if (other > epoch && firstOffset < offset) return true;
    }
    return false;
  }

  /** What `see` added to what was known. */
  get found(): readonly EpochRow[] {
    return [...this.#found.values()];
  }

  #of(partition: number): Map<number, number> {
    const known = this.#firstOffsets.get(partition);
    if (known) return known;
    const fresh = new Map<number, number>();
    this.#firstOffsets.set(partition, fresh);
    return fresh;
  }
}
