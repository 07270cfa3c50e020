import {
  attemptsV1,
  type Contract,
  type Decoded,
  decisionsV1,
  deliveriesV1,
  domainEventsV1,
  integrationSignalsV1,
  type RecordToDecode,
  recoveriesV1,
  redeliveriesV1,
  routingsV1,
} from '@hookstile/contracts';
import type { PayloadMask } from '@hookstile/service-runtime';
import { activityLogRow } from './activity-log-row.js';
import { attemptRow } from './attempt-row.js';
import {
  auditLogRow,
  recoveryAuditLogRow,
  redeliveredAuditLogRow,
  signalRow,
  skippedAuditLogRows,
} from './audit-log-row.js';
import type { DeliveryMarks } from './delivery-marks.js';
import { journaledDeliveryRows, routedDeliveryRow } from './delivery-row.js';
import type { Epochs } from './epochs.js';
import { eventRow } from './event-row.js';
import type { ProjectionRows } from './projection-rows.js';
import { UnknownContractVersionError } from './unknown-contract-version.error.js';
import { UnreadableRecordError } from './unreadable-record.error.js';

/** The topics that audit projects, without their prefix. */
export const PROJECTED_TOPICS = [
  'routings',
  'deliveries',
  'attempts',
  'domain-events',
  'integration-signals',
  'decisions',
  'redeliveries',
] as const;
export type ProjectedTopic = (typeof PROJECTED_TOPICS)[number];

export interface RecordToProject extends RecordToDecode {
  partition: number;
  offset: number;
  timestampMs: number;
}

interface Position {
  topic: ProjectedTopic;
  partition: number;
  offset: number;
}

function decoded<T>(contract: Contract<T>, record: RecordToProject, position: Position): T {
  const result: Decoded<T> = contract.decode(record);
  if (result.outcome === 'decoded') return result.value;
  if (result.outcome === 'unknown-version') throw new UnknownContractVersionError(position, result.version);
  throw new UnreadableRecordError(result.detail);
}

/** What records before these have told of partitions. */
export interface ProjectionState {
  epochs: Epochs;
  marks: DeliveryMarks;
  /** Takes secrets out of payloads. */
  mask: PayloadMask;
}

type Projection = (record: RecordToProject, position: Position, rows: ProjectionRows, state: ProjectionState) => void;

const PROJECTIONS: Readonly<Record<ProjectedTopic, Projection>> = {
  routings: (record, position, rows) => rows.addEvent(eventRow(decoded(routingsV1, record, position))),
  deliveries: (record, position, rows, { marks }) => {
    const { envelope } = decoded(deliveriesV1, record, position);
    const judgement = marks.judge(record.partition, record.offset, envelope);
    const row = routedDeliveryRow(envelope, record.offset, judgement);
    if (row) rows.addDelivery(row);
  },
  attempts: (record, position, rows, { epochs, mask }) => {
    const { envelope, bytes } = decoded(attemptsV1, record, position);
    // Any process writes a test's attempt, whoever owns the partition: no epoch is its.
    if (envelope.kind === 'attempt' && envelope.trigger === 'test') {
      return rows.addAttempt(attemptRow(envelope, bytes, { late: false, mask }));
    }
    epochs.see(record.partition, envelope.epoch, record.offset);
    if (envelope.kind === 'epoch') return;
    const late = epochs.isLate(record.partition, envelope.epoch, record.offset);
    const deliveries = late ? [] : journaledDeliveryRows(envelope);
    const lines = envelope.kind === 'skipped' && !late ? skippedAuditLogRows(envelope) : [];
    if (envelope.kind === 'attempt') rows.addAttempt(attemptRow(envelope, bytes, { late, mask }));
    for (const row of deliveries) rows.addDelivery(row);
    for (const row of lines) rows.addAuditLog(row);
  },
  'domain-events': (record, position, rows) => rows.addAuditLog(auditLogRow(decoded(domainEventsV1, record, position))),
  'integration-signals': (record, position, rows) =>
    rows.addSignal(signalRow(decoded(integrationSignalsV1, record, position))),
  redeliveries: (record, position, rows) => {
    if (recoveriesV1.decode(record).outcome !== 'malformed') {
      return rows.addAuditLog(recoveryAuditLogRow(decoded(recoveriesV1, record, position)));
    }
    const { envelope } = decoded(redeliveriesV1, record, position);
    // A recovery is one line, not one a delivery.
    if (envelope.recoveryId === undefined) rows.addAuditLog(redeliveredAuditLogRow(envelope));
  },
  decisions: (record, position, rows) => rows.addActivityLog(activityLogRow(decoded(decisionsV1, record, position))),
};

/**
 * Adds what a record says to the rows of a flush. A malformed record becomes an unreadable row; one of an unknown
 * newer version throws `UnknownContractVersionError` and adds nothing.
 */
export function projectRecord(
  topic: ProjectedTopic,
  record: RecordToProject,
  rows: ProjectionRows,
  state: ProjectionState,
) {
  const position = { topic, partition: record.partition, offset: record.offset };
  try {
    PROJECTIONS[topic](record, position, rows, state);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    rows.addUnreadable({ ...position, detail: error.message, atMs: record.timestampMs });
  }
}
