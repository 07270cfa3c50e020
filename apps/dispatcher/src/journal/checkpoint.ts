import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Marks } from './marks.js';

/** From where a new owner reads a partition. Stored in the lease row. */
export interface Checkpoint {
  /** The epoch it was written in. */
  epoch: number;
  /** The next offset of `deliveries` to be read: all below ended, or are rows. */
  deliveriesOffset: number;
  /** The first offset of the journal that matters to what is not below `deliveriesOffset`, or not yet in rows. */
  journalOffset: number;
  /** The newest epoch that had begun before `journalOffset`: records of an older one from there on are late. */
  journalEpoch: number;
  /** The marks as of `deliveriesOffset`. */
  marks: Marks;
}

const StoredCheckpoint = Type.Object({
  epoch: Type.Integer(),
  deliveriesOffset: Type.Integer(),
  journalOffset: Type.Integer(),
  /** Absent in rows of the first builds: then nothing counts as late, which sends nothing twice. */
  journalEpoch: Type.Optional(Type.Integer()),
  marks: Type.Array(Type.Tuple([Type.Integer(), Type.Integer(), Type.String()])),
});

export function checkpointToJson({ marks, ...rest }: Checkpoint): Static<typeof StoredCheckpoint> {
  return {
    ...rest,
    marks: [...marks].map(([partition, mark]) => [partition, mark.sourceOffset, mark.integrationId]),
  };
}

/** Null where the value is not a checkpoint: to begin elsewhere would lose or repeat. */
export function checkpointFromJson(value: unknown): Checkpoint | null {
  if (!Check(StoredCheckpoint, value)) return null;
  const { marks, journalEpoch = 0, ...rest } = value;
  return {
    ...rest,
    journalEpoch,
    marks: new Map(
      marks.map(([partition, sourceOffset, integrationId]) => [partition, { sourceOffset, integrationId }]),
    ),
  };
}
