import { MASKED_NAMES_DEFAULT, PayloadMask } from '@hookstile/service-runtime';
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
): Promise<WrittenBatches> {
  const state = { ...(await knownState(store, batches)), mask };
  const rows = new ProjectionRows();
  const stopped = new Map<Batch, readonly UnknownContractVersionError[]>();
  for (const batch of batches) {
    stopped.set(batch, projectBatch(batch, rows, state));
  }
  rows.addEpochs(state.epochs.found);
  rows.addMarks(state.marks.found);
  await store.write(rows);
  return { rows, stopped };
}

async function knownState(store: ProjectionStore, batches: readonly Batch[]): Promise<Omit<ProjectionState, 'mask'>> {
  const journal = partitionsOf('attempts', batches);
  const deliveries = partitionsOf('deliveries', batches);
  const [epochs, marks] = await Promise.all([
    journal.length > 0 ? store.epochsOf(journal) : [],
    deliveries.length > 0 ? store.marksOf(deliveries) : [],
  ]);
  return { epochs: new Epochs(epochs), marks: new DeliveryMarks(marks) };
}

function partitionsOf(wanted: ProjectedTopic, batches: readonly Batch[]): number[] {
  const partitions = new Set<number>();
  for (const { topic, records } of batches) {
    if (topic === wanted) for (const record of records) partitions.add(record.partition);
  }
  return [...partitions];
}

/** A partition stops at its first record of an unknown version; those of other partitions go on. */
function projectBatch({ topic, records }: Batch, rows: ProjectionRows, state: ProjectionState) {
  const stopped = new Map<number, UnknownContractVersionError>();
  for (const record of records) {
    if (stopped.has(record.partition)) continue;
    try {
      projectRecord(topic, record, rows, state);
      rows.addPosition({ topic, partition: record.partition, nextOffset: record.offset + 1 });
    } catch (error) {
      if (!(error instanceof UnknownContractVersionError)) throw error;
      stopped.set(record.partition, error);
    }
  }
  return [...stopped.values()];
}
