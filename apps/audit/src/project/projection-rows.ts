import { ALL_KEPT, type KeptSinceMs } from '../partitions/kept-since.js';
import { markKey } from './delivery-marks.js';
import { deliveryKey, newerDeliveryRow } from './delivery-row.js';
import { eventKey, mergedEventRow } from './event-row.js';
import type {
  ActivityLogRow,
  AttemptRow,
  AuditLogRow,
  DeliveryRow,
  EpochRow,
  EventRow,
  MarkRow,
  PositionRow,
  SignalRow,
  UnreadableRow,
} from './rows.js';

export const positionKey = ({ topic, partition }: Pick<PositionRow, 'topic' | 'partition'>): string =>
  `${topic}:${partition}`;

/**
 * What one flush writes, one row a key: a delivery that was routed and delivered within the same flush is one upsert.
 * Every merge is commutative, associative and idempotent, so neither the order of topics nor a replay changes the end.
 */
export class ProjectionRows {
  readonly events = new Map<string, EventRow>();
  readonly deliveries = new Map<string, DeliveryRow>();
  readonly attempts = new Map<string, AttemptRow>();
  readonly activityLog = new Map<string, ActivityLogRow>();
  readonly auditLog = new Map<string, AuditLogRow>();
  readonly signals = new Map<string, SignalRow>();
  readonly unreadable = new Map<string, UnreadableRow>();
  readonly epochs = new Map<string, EpochRow>();
  readonly marks = new Map<string, MarkRow>();
  readonly positions = new Map<string, PositionRow>();

  /** Adds what another one holds, but for rows of days that are dropped. */
  addAll(other: ProjectionRows, since: KeptSinceMs = ALL_KEPT): void {
    for (const row of other.events.values()) if (row.acceptedAtMs >= since.events) this.addEvent(row);
    for (const row of other.deliveries.values()) if (row.acceptedAtMs >= since.events) this.addDelivery(row);
    for (const row of other.attempts.values()) if (row.atMs >= since.attempts) this.addAttempt(row);
    for (const row of other.activityLog.values()) if (row.atMs >= since['activity-log']) this.addActivityLog(row);
    for (const row of other.auditLog.values()) this.addAuditLog(row);
    for (const row of other.signals.values()) this.addSignal(row);
    for (const row of other.unreadable.values()) this.addUnreadable(row);
    this.addEpochs([...other.epochs.values()]);
    this.addMarks([...other.marks.values()]);
    for (const row of other.positions.values()) this.addPosition(row);
  }

  addEvent(row: EventRow): void {
    const key = eventKey(row);
    const known = this.events.get(key);
    this.events.set(key, known ? mergedEventRow(known, row) : row);
  }

  addDelivery(row: DeliveryRow): void {
    const key = deliveryKey(row);
    const known = this.deliveries.get(key);
    this.deliveries.set(key, known ? newerDeliveryRow(known, row) : row);
  }

  /** The same attempt id is the same attempt: the journal's writer may have written it twice. */
  addAttempt(row: AttemptRow): void {
    if (!this.attempts.has(row.attemptId)) this.attempts.set(row.attemptId, row);
  }

  addActivityLog(row: ActivityLogRow): void {
    if (!this.activityLog.has(row.id)) this.activityLog.set(row.id, row);
  }

  addAuditLog(row: AuditLogRow): void {
    if (!this.auditLog.has(row.id)) this.auditLog.set(row.id, row);
  }

  addSignal(row: SignalRow): void {
    const key = `${row.integrationId}\n${row.enablement}\n${row.type}\n${row.sequence}`;
    if (!this.signals.has(key)) this.signals.set(key, row);
  }

  addUnreadable(row: UnreadableRow): void {
    this.unreadable.set(`${row.topic}\n${row.partition}\n${row.offset}`, row);
  }

  addEpochs(rows: readonly EpochRow[]): void {
    for (const row of rows) {
      const key = `${row.partition}:${row.epoch}`;
      const known = this.epochs.get(key);
      if (!known || row.firstOffset < known.firstOffset) this.epochs.set(key, row);
    }
  }

  /** Marks rise with the offset that set them. */
  addMarks(rows: readonly MarkRow[]): void {
    for (const row of rows) {
      const known = this.marks.get(markKey(row));
      if (!known || row.setAt > known.setAt) this.marks.set(markKey(row), row);
    }
  }

  /** Positions only rise: a partition that is read again is still projected as far as it was. */
  addPosition(row: PositionRow): void {
    const known = this.positions.get(positionKey(row));
    if (!known || row.nextOffset > known.nextOffset) this.positions.set(positionKey(row), row);
  }

  get count(): number {
    return (
      this.events.size +
      this.deliveries.size +
      this.attempts.size +
      this.activityLog.size +
      this.auditLog.size +
      this.signals.size +
      this.unreadable.size +
      this.epochs.size +
      this.marks.size
    );
  }
}
