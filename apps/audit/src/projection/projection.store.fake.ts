import { ProjectionRows } from '../project/projection-rows.js';
import type { DeliveryRow, EpochRow, MarkRow } from '../project/rows.js';
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
    for (const row of rows.events.values()) this.rows.addEvent(row);
    for (const row of rows.deliveries.values()) this.rows.addDelivery(row);
    for (const row of rows.attempts.values()) this.rows.addAttempt(row);
    for (const row of rows.activityLog.values()) this.rows.addActivityLog(row);
    for (const row of rows.auditLog.values()) this.rows.addAuditLog(row);
    for (const row of rows.signals.values()) this.rows.addSignal(row);
    for (const row of rows.unreadable.values()) this.rows.addUnreadable(row);
    this.rows.addEpochs([...rows.epochs.values()]);
    this.rows.addMarks([...rows.marks.values()]);
    for (const row of rows.positions.values()) this.rows.addPosition(row);
  }

  async epochsOf(partitions: readonly number[]): Promise<readonly EpochRow[]> {
    return [...this.rows.epochs.values()].filter((row) => partitions.includes(row.partition));
  }

  async marksOf(partitions: readonly number[]): Promise<readonly MarkRow[]> {
    return [...this.rows.marks.values()].filter((row) => partitions.includes(row.partition));
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
