import { type DeliveryEnvelope, sourceNumberOf } from '@hookstile/contracts';
import type { MarkRow } from './rows.js';

/**
 * - `new`: a dispatcher takes it.
 * - `replayed`: a router wrote it again, and dispatchers drop it: it is not above what they took before.
 * - `read again`: it stands at or before the record that set the mark, so it was judged when that was not yet read.
 */
export type DeliveryJudgement = 'new' | 'replayed' | 'read again';

type Judged = Pick<DeliveryEnvelope, 'trigger' | 'sourcePartition' | 'sourceOffset' | 'integrationId'>;

/**
 * What dispatchers have taken of each partition of `deliveries`, by source number: the same rule over the same
 * records gives the same answer here. It is needed where a replay under a newer configuration names a delivery that the
 * first routing did not: no dispatcher will ever say what became of it.
 */
export class DeliveryMarks {
  readonly #marks = new Map<string, MarkRow>();
  readonly #found = new Map<string, MarkRow>();

  constructor(known: readonly MarkRow[] = []) {
    for (const row of known) this.#marks.set(markKey(row), row);
  }

  /** To be called in the order of the partition's offsets. Tests are never replays. */
  judge(partition: number, offset: number, delivery: Judged): DeliveryJudgement {
    const sourcePartition = sourceNumberOf(delivery);
    if (sourcePartition === null) return 'new';
    const { sourceOffset, integrationId } = delivery;
    const mark = { partition, sourcePartition, sourceOffset, integrationId, setAt: offset };
    const known = this.#marks.get(markKey(mark));
    if (known && !isAbove(mark, known)) return offset > known.setAt ? 'replayed' : 'read again';
    this.#marks.set(markKey(mark), mark);
    this.#found.set(markKey(mark), mark);
    return 'new';
  }

  /** What `judge` added to what was known. */
  get found(): readonly MarkRow[] {
    return [...this.#found.values()];
  }
}

export function markKey({ partition, sourcePartition }: Pick<MarkRow, 'partition' | 'sourcePartition'>): string {
  return `${partition}:${sourcePartition}`;
}

function isAbove(mark: MarkRow, known: MarkRow): boolean {
  if (mark.sourceOffset !== known.sourceOffset) return mark.sourceOffset > known.sourceOffset;
  return mark.integrationId > known.integrationId;
}
