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
import { ProjectionRows } from '../project/projection-rows.js';
import { UnknownContractVersionError } from '../project/unknown-contract-version.error.js';
import type { ProjectionStore } from './projection.store.js';

/** Records of one topic, those of each partition in offset order. */
export interface Batch {
  topic: ProjectedTopic;
  records: readonly RecordToProject[];
}

export interface WrittenBatches {
  rows: ProjectionRows;
  /** Of batches with records of a newer contract version, where: the rest of those partitions was left out. */
  stopped: ReadonlyMap<Batch, readonly UnknownContractVersionError[]>;
}

const DEFAULT_MASK = new PayloadMask(MASKED_NAMES_DEFAULT);

/** One flush: projects the batches and writes their rows in one transaction. */
export async function writeBatches(
  store: ProjectionStore,
  batches: readonly Batch[],
  mask: PayloadMask = DEFAULT_MASK,
  since: KeptSinceMs = ALL_KEPT,
): Promise<WrittenBatches> {
  const { positions, ...known } = await knownState(store, batches);
  const state = { ...known, mask };
  const rows = new ProjectionRows();
  const stopped = new Map<Batch, readonly UnknownContractVersionError[]>();
  for (const batch of batches) {
    stopped.set(batch, projectBatch(batch, rows, state, { positions, since }));
  }
  rows.addEpochs(state.epochs.found);
  rows.addMarks(state.marks.found);
  await store.write(rows);
  return { rows, stopped };
}

async function knownState(store: ProjectionStore, batches: readonly Batch[]) {
  const journal = partitionsOf('attempts', batches);
  const deliveries = partitionsOf('deliveries', batches);
  const topics = [...new Set(batches.map(({ topic }) => topic))];
  const [epochs, marks, positions] = await Promise.all([
    journal.length > 0 ? store.epochsOf(journal) : [],
    deliveries.length > 0 ? store.marksOf(deliveries) : [],
    store.positionsOf(topics),
  ]);
  return {
    epochs: new Epochs(epochs),
    marks: new DeliveryMarks(marks),
    positions: new Map(positions.map((row) => [placeOf(row), row.nextOffset])),
  };
}

function partitionsOf(wanted: ProjectedTopic, batches: readonly Batch[]): number[] {
  const partitions = new Set<number>();
  for (const { topic, records } of batches) {
    if (topic === wanted) for (const record of records) partitions.add(record.partition);
  }
  return [...partitions];
}

const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}:${partition}`;

interface Dropped {
  /** How far each partition was projected before. */
  positions: ReadonlyMap<string, number>;
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
  const isReadAgain = record.offset < (positions.get(placeOf({ topic, partition: record.partition })) ?? 0);
  if (!isReadAgain) return projectRecord(topic, record, rows, state);
  const itsRows = new ProjectionRows();
  projectRecord(topic, record, itsRows, state);
  rows.addAll(itsRows, since);
}

/** A partition stops at its first record of an unknown version; those of other partitions go on. */
function projectBatch({ topic, records }: Batch, rows: ProjectionRows, state: ProjectionState, dropped: Dropped) {
  const stopped = new Map<number, UnknownContractVersionError>();
  for (const record of records) {
    if (stopped.has(record.partition)) continue;
    try {
      project(topic, record, rows, state, dropped);
      rows.addPosition({ topic, partition: record.partition, nextOffset: record.offset + 1 });
    } catch (error) {
      if (!(error instanceof UnknownContractVersionError)) throw error;
      stopped.set(record.partition, error);
    }
  }
  return [...stopped.values()];
}
