import type { ProjectionRows } from '../project/projection-rows.js';
import type { DeliveryRow } from '../project/rows.js';

/**
 * Deliveries whose rows the journal has written lately. What `deliveries` says of them changes nothing any more, and
 * need not be sent to Postgres, which would look for each row, and lock it, to find that out. A row that is written only
 * ever gains, whoever writes it, so nothing has to be forgotten when a partition moves.
 */
export class JournaledDeliveries {
  #recent = new Set<string>();
  #older: ReadonlySet<string> = new Set();

  /** @param max how many are remembered at least; twice as many at most */
  constructor(private readonly max: number) {}

  /** To be called once the rows are stored. */
  remember(rows: ProjectionRows): void {
    for (const [key, row] of rows.deliveries) if (isOfJournal(row)) this.#remember(key);
  }

  /** Takes out what changes nothing. @param before rows that will be stored before these are */
  leaveOutKnown(rows: ProjectionRows, before: ProjectionRows | undefined): void {
    for (const [key, row] of rows.deliveries) {
      if (!isOfJournal(row) && this.#has(key, before)) rows.deliveries.delete(key);
    }
  }

  #has(key: string, before: ProjectionRows | undefined): boolean {
    const underWay = before?.deliveries.get(key);
    return this.#recent.has(key) || this.#older.has(key) || (underWay !== undefined && isOfJournal(underWay));
  }

  #remember(key: string): void {
    this.#recent.add(key);
    if (this.#recent.size < this.max) return;
    this.#older = this.#recent;
    this.#recent = new Set();
  }
}

/** Also a redelivery's, which says more than what was journaled before. Of the others the position is below zero. */
function isOfJournal({ deliveryOffset }: DeliveryRow): boolean {
  return deliveryOffset >= 0;
}
