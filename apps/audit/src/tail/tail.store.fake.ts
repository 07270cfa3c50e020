import type { FakeProjectionStore } from '../projection/projection.store.fake.js';
import type { TailRow, TailStore } from './tail.store.js';
import { isAfter, type TailPosition } from './tail-position.js';

export class FakeTailStore implements TailStore {
  /** A flush that is said to be under way; nothing from it on is shown. */
  underWay: number | null = null;

  constructor(private readonly projections: FakeProjectionStore) {}

  async horizon(): Promise<number | null> {
    const { flushes } = this.projections;
    return this.underWay === null ? flushes : Math.min(flushes, this.underWay - 1);
  }

  async behind(tenants: readonly string[], after: TailPosition, until: number, limit: number): Promise<TailRow[]> {
    return this.#rows(tenants, after)
      .filter(({ position }) => position.flush <= until)
      .slice(0, limit);
  }

  async hasMoreThan(rows: number, tenantId: string, after: TailPosition): Promise<boolean> {
    return this.#rows([tenantId], after).length > rows;
  }

  #rows(tenants: readonly string[], after: TailPosition): TailRow[] {
    return [...this.projections.rows.attempts.values()]
      .filter(({ tenantId }) => tenants.includes(tenantId))
      .map(({ requestBody, responseBody, ...line }) => ({ line, position: this.#positionOf(line) }))
      .filter(({ position }) => isAfter(position, after))
      .sort((one, other) => (isAfter(one.position, other.position) ? 1 : -1));
  }

  #positionOf({ attemptId, atMs }: TailRow['line']): TailPosition {
    return { flush: this.projections.flushOf.get(attemptId) ?? 0, row: { atMs, attemptId } };
  }
}
