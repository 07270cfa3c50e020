import type { DataSource, EntityManager } from 'typeorm';
import type { InboxEntry } from './inbox-entry.js';
import { type Candidate, placeOf, type Settling, settleInOrder } from './settlement.js';
import { firstOfEachKey } from './verdict.js';

export const INBOX_COLUMNS = `
  replace(key::text, '-', '') AS key, source_partition, source_offset::float8 AS source_offset,
  replace(body_hash::text, '-', '') AS body_hash, vacant`;

export interface InboxRow {
  key: string;
  source_partition: number;
  source_offset: number;
  body_hash: string;
  /** Nobody holds the key: the row is there to be locked. */
  vacant: boolean;
}

interface RejectionRow {
  source_partition: number;
  source_offset: number;
  detail: string;
}

const HOLD = `
  INSERT INTO inbox (key, source_partition, source_offset, body_hash, received_minute, vacant)
  SELECT key, source_partition, source_offset, body_hash, $5::integer, true
  FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::uuid[])
    AS given (key, source_partition, source_offset, body_hash)
  ON CONFLICT (key) DO NOTHING`;

const LOCK = `SELECT ${INBOX_COLUMNS} FROM inbox WHERE key = ANY($1::uuid[]) ORDER BY inbox.key FOR UPDATE`;

const REJECTED = `
  SELECT source_partition, source_offset::float8 AS source_offset, detail
  FROM unnest($1::integer[], $2::bigint[]) AS given (source_partition, source_offset)
  JOIN inbox_rejections USING (source_partition, source_offset)`;

const TAKE = `
  UPDATE inbox SET source_partition = given.source_partition, source_offset = given.source_offset,
                   body_hash = given.body_hash, received_minute = $5::integer, vacant = false
  FROM unnest($1::uuid[], $2::integer[], $3::bigint[], $4::uuid[])
    AS given (key, source_partition, source_offset, body_hash)
  WHERE inbox.key = given.key`;

/** A key is remembered for no shorter than the rejections that were decided under it. */
const KEEP = 'UPDATE inbox SET received_minute = greatest(received_minute, $2::integer) WHERE key = ANY($1::uuid[])';

const REJECT = `
  INSERT INTO inbox_rejections (source_partition, source_offset, detail, rejected_minute)
  SELECT source_partition, source_offset, detail, $4::integer
  FROM unnest($1::integer[], $2::bigint[], $3::text[]) AS given (source_partition, source_offset, detail)`;

/** An array literal of values that need no quotes: hex digits and whole numbers. */
export function arrayOf<T>(from: readonly T[], value: (one: T) => string | number): string {
  return `{${from.map(value).join()}}`;
}

/** Two routers that write the same keys in different orders would wait for each other in a circle. */
export function byKey<T extends { key: string }>(entries: readonly T[]): T[] {
  return entries.toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

export function parametersOf(entries: readonly InboxEntry[]): string[] {
  return [
    arrayOf(entries, ({ key }) => key),
    arrayOf(entries, ({ sourcePartition }) => sourcePartition),
    arrayOf(entries, ({ sourceOffset }) => sourceOffset),
    arrayOf(entries, ({ bodyHash }) => bodyHash),
  ];
}

export function entryOf(row: InboxRow): InboxEntry {
  const { key, source_partition: sourcePartition, source_offset: sourceOffset, body_hash: bodyHash } = row;
  return { key, sourcePartition, sourceOffset, bodyHash };
}

/** Those of the events that were rejected, by place, and why. */
export async function rejectedAmong(
  manager: Pick<EntityManager, 'query'>,
  candidates: readonly InboxEntry[],
): Promise<Map<string, string>> {
  const [, partitions, offsets] = parametersOf(candidates);
  const rows: RejectionRow[] = await manager.query(REJECTED, [partitions, offsets]);
  return new Map(
    rows.map((row) => [
      placeOf({ sourcePartition: row.source_partition, sourceOffset: row.source_offset }),
      row.detail,
    ]),
  );
}

/** Retention may have taken a row meanwhile; the caller tries again. */
export function vanished(): Error {
  return new Error('an inbox row vanished while it was claimed');
}

/**
 * Settles events of which some are rejected, or were. The row of an event's key is where routers meet that want
 * differently: each of them inserts it, at first as a vacant one, locks it, and only then looks what was decided.
 */
export function settleAlone(
  dataSource: DataSource,
  candidates: readonly Candidate[],
  minute: number,
): Promise<Settling> {
  return dataSource.transaction(async (manager) => {
    const first = byKey(firstOfEachKey(candidates));
    await manager.query(HOLD, [...parametersOf(first), minute]);
    const rows: InboxRow[] = await manager.query(LOCK, [arrayOf(first, ({ key }) => key)]);
    if (rows.length !== first.length) throw vanished();
    const held = rows.filter(({ vacant }) => !vacant).map((row) => [row.key, entryOf(row)] as const);
    const before = { holders: new Map(held), rejected: await rejectedAmong(manager, candidates) };
    const settled = settleInOrder(candidates, before);
    await write(manager, settled, minute);
    return settled;
  });
}

async function write(manager: EntityManager, { taken, refused }: Settling, minute: number): Promise<void> {
  if (taken.length > 0) await manager.query(TAKE, [...parametersOf(taken), minute]);
  if (refused.length === 0) return;
  await manager.query(KEEP, [arrayOf(refused, ({ key }) => key), minute]);
  const [, partitions, offsets] = parametersOf(refused);
  await manager.query(REJECT, [partitions, offsets, refused.map(({ rejection }) => rejection), minute]);
}
