import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { MASKED_NAMES_DEFAULT, PayloadMask } from '@hookstile/service-runtime';
import { ALL_KEPT, type KeptSinceMs } from '../partitions/kept-since.js';
import { DeliveryMarks } from '../project/delivery-marks.js';
import { Epochs } from '../project/epochs.js';
import {
  type ProjectedTopic,
  type ProjectionState,
  projectRecord,
  type RecordToProject,
} from '../project/project-record.js';
import { ProjectionRows, positionKey } from '../project/projection-rows.js';
import type { PositionRow } from '../project/rows.js';
import { UnknownContractVersionError } from '../project/unknown-contract-version.error.js';
import type { JournaledDeliveries } from './journaled-deliveries.js';
import type { ProjectionStore } from './projection.store.js';

/** Records of one topic, those of each partition in offset order. */
export interface Batch {
  topic: ProjectedTopic;
  records: readonly RecordToProject[];
  /** Where its partitions turned out to have stopped after it was handed over. */
  stops?: Iterable<UnknownContractVersionError>;
}

/** What a flush writes, or has written. */
export interface WrittenBatches {
  rows: ProjectionRows;
  /** Of batches with records of a newer contract version, where: the rest of those partitions was left out. */
  stopped: ReadonlyMap<Batch, readonly UnknownContractVersionError[]>;
}

const DEFAULT_MASK = new PayloadMask(MASKED_NAMES_DEFAULT);
/** About a millisecond of work; then whatever else the process does has its turn, such as feeding Postgres. */
const SLICE_RECORDS = 50;

export interface Projecting {
  mask: PayloadMask;
  since: KeptSinceMs;
  /** What is being written meanwhile and will be there before these rows are. */
  before: WrittenBatches | null;
  /** Left out, nothing is known of what was written before. */
  journaled?: JournaledDeliveries;
}

/** One flush: projects the batches and writes their rows in one transaction. */
export async function writeBatches(
  store: ProjectionStore,
  batches: readonly Batch[],
  mask: PayloadMask = DEFAULT_MASK,
  since: KeptSinceMs = ALL_KEPT,
): Promise<WrittenBatches> {
  const projected = await projectBatches(store, batches, { mask, since, before: null });
  await store.write(projected.rows);
  return projected;
}

/** What a flush of the batches writes, once `before` is written. */
export async function projectBatches(
  store: ProjectionStore,
  batches: readonly Batch[],
  { mask, since, before, journaled }: Projecting,
): Promise<WrittenBatches> {
  const { positions, ...known } = await knownState(store, batches, before);
  const state = { ...known, mask };
  const rows = new ProjectionRows();
  const stopped = new Map<Batch, readonly UnknownContractVersionError[]>();
  const stops = [...(before?.stopped.values() ?? [])].flat();
  for (const batch of batches) {
    const stopsOfTopic = stops.filter(({ position }) => position.topic === batch.topic);
    const stopsBefore = [...stopsOfTopic, ...(batch.stops ?? [])];
    const found = await projectBatch(batch, rows, state, { positions, since }, stopsBefore);
    stopped.set(batch, found);
    stops.push(...found);
  }
  rows.addEpochs(state.epochs.found);
  rows.addMarks(state.marks.found);
  journaled?.leaveOutKnown(rows, before?.rows);
  return { rows, stopped };
}

/** As the store will know it once `before` is written. */
async function knownState(store: ProjectionStore, batches: readonly Batch[], before: WrittenBatches | null) {
  const journal = partitionsOf('attempts', batches);
  const deliveries = partitionsOf('deliveries', batches);
  const topics = [...new Set(batches.map(({ topic }) => topic))];
  const [epochs, marks, positions] = await Promise.all([
    journal.length > 0 ? store.epochsOf(journal) : [],
    deliveries.length > 0 ? store.marksOf(deliveries) : [],
    store.positionsOf(topics),
  ]);
  const known = new ProjectionRows();
  known.addEpochs([...epochs, ...(before?.rows.epochs.values() ?? [])]);
  known.addMarks([...marks, ...(before?.rows.marks.values() ?? [])]);
  for (const row of [...positions, ...(before?.rows.positions.values() ?? [])]) known.addPosition(row);
  return {
    epochs: new Epochs([...known.epochs.values()]),
    marks: new DeliveryMarks([...known.marks.values()]),
    positions: known.positions,
  };
}

function partitionsOf(wanted: ProjectedTopic, batches: readonly Batch[]): number[] {
  const partitions = new Set<number>();
  for (const { topic, records } of batches) {
    if (topic === wanted) for (const record of records) partitions.add(record.partition);
  }
  return [...partitions];
}

interface Dropped {
  /** How far each partition was projected before. */
  positions: ReadonlyMap<string, PositionRow>;
  since: KeptSinceMs;
}

/**
 * A record that was projected before, and is read again, brings back no row that retention has dropped: it would be
 * counted once more, and a delivery whose end is not read again, too, would stay open for good.
 */
function project(
  topic: ProjectedTopic,
  record: RecordToProject,
  rows: ProjectionRows,
  state: ProjectionState,
  dropped: Dropped,
) {
  const { positions, since } = dropped;
  const position = positions.get(positionKey({ topic, partition: record.partition }));
  const isReadAgain = record.offset < (position?.nextOffset ?? 0);
  if (!isReadAgain) return projectRecord(topic, record, rows, state);
  const itsRows = new ProjectionRows();
  projectRecord(topic, record, itsRows, state);
  rows.addAll(itsRows, since);
}

/**
 * A partition stops at its first record of an unknown version, or where it stopped before; those of other partitions go
 * on.
 */
async function projectBatch(
  { topic, records }: Batch,
  rows: ProjectionRows,
  state: ProjectionState,
  dropped: Dropped,
  before: readonly UnknownContractVersionError[],
): Promise<UnknownContractVersionError[]> {
  const stops = new Map(before.map((error) => [error.position.partition, error]));
  const stopped = new Set<UnknownContractVersionError>();
  for (const [index, record] of records.entries()) {
    if (index % SLICE_RECORDS === SLICE_RECORDS - 1) await turnOfOthers();
    const stop = stops.get(record.partition) ?? projectUnlessNewer(topic, record, rows, state, dropped);
    if (!stop) continue;
    stops.set(record.partition, stop);
    stopped.add(stop);
  }
  return [...stopped];
}

function projectUnlessNewer(
  topic: ProjectedTopic,
  record: RecordToProject,
  rows: ProjectionRows,
  state: ProjectionState,
  dropped: Dropped,
): UnknownContractVersionError | null {
  try {
    project(topic, record, rows, state, dropped);
    rows.addPosition({ topic, partition: record.partition, nextOffset: record.offset + 1 });
    return null;
  } catch (error) {
    if (!(error instanceof UnknownContractVersionError)) throw error;
    return error;
  }
}
