import { ProjectionRows } from '../project/projection-rows.js';
import type { DeliveryRow, EpochRow, MarkRow, PositionRow } from '../project/rows.js';
import type { ProjectionStore } from './projection.store.js';

/** Keeps everything in memory, by the same merges that a flush uses; the views' fakes read from it. */
export class FakeProjectionStore implements ProjectionStore {
  readonly rows = new ProjectionRows();
  /** Flushes with attempts so far, and the one that wrote each attempt, by its id. */
  flushes = 0;
  readonly flushOf = new Map<string, number>();

  async write(rows: ProjectionRows): Promise<void> {
    if (rows.attempts.size > 0) this.flushes += 1;
    for (const { attemptId } of rows.attempts.values()) {
      if (!this.flushOf.has(attemptId)) this.flushOf.set(attemptId, this.flushes);
    }
    this.rows.addAll(rows);
  }

  async epochsOf(partitions: readonly number[]): Promise<readonly EpochRow[]> {
    return [...this.rows.epochs.values()].filter((row) => partitions.includes(row.partition));
  }

  async marksOf(partitions: readonly number[]): Promise<readonly MarkRow[]> {
    return [...this.rows.marks.values()].filter((row) => partitions.includes(row.partition));
  }

  async positionsOf(topics: readonly string[]): Promise<readonly PositionRow[]> {
    return [...this.rows.positions.values()].filter((row) => topics.includes(row.topic));
  }

  /** The one of this id that was accepted last. */
  newestDelivery(deliveryId: string): DeliveryRow | null {
    const named = [...this.rows.deliveries.values()].filter((row) => row.deliveryId === deliveryId);
    return named.sort((a, b) => b.acceptedAtMs - a.acceptedAtMs)[0] ?? null;
  }

  deliveriesOfEvent(tenantId: string, eventId: string): ReadonlySet<string> {
    const events = [...this.rows.events.values()];
    return new Set(
      events.filter((row) => row.tenantId === tenantId && row.eventId === eventId).flatMap((row) => row.deliveryIds),
    );
  }
}
