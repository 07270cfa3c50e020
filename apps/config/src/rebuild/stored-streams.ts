import { UnreadableDomainEventError } from '@hookstile/event-sourcing';
import { quoted, type StoredRow, storedDomainEventOf } from '@hookstile/event-store';
import type { ClientBase } from 'pg';
import { AGGREGATES, type KnownAggregate } from '../changes/aggregates.js';
import { FETCH_MAX_ROWS } from './rebuild.bounds.js';

/** An aggregate as its domain events say it is. */
export interface Folded {
  aggregate: KnownAggregate;
  id: string;
  fold: ReturnType<KnownAggregate['fold']>;
}

interface DomainEventRow extends Omit<StoredRow, 'metadata'> {
  aggregate: string;
  aggregate_id: string;
}

const COLUMNS = 'sequence, aggregate, aggregate_id, version, type, at, schema_version, data';

/**
 * Folds every stream of the snapshot that the client's transaction has, one after another; memory holds one state and a
 * page of domain events. Throws `UnreadableDomainEventError`, which names the domain event that this release cannot read.
 */
export async function* foldedStreams(client: ClientBase, schema: string): AsyncGenerator<Folded, number> {
  await client.query(
    `DECLARE rebuild_streams NO SCROLL CURSOR FOR SELECT ${COLUMNS} FROM ${quoted(schema)}.domain_events
     ORDER BY aggregate, aggregate_id, version`,
  );
  let current: Folded | null = null;
  let count = 0;
  for (;;) {
    const { rows } = await client.query<DomainEventRow>(`FETCH ${FETCH_MAX_ROWS} FROM rebuild_streams`);
    for (const row of rows) {
      if (current && (current.aggregate.name !== row.aggregate || current.id !== row.aggregate_id)) {
        yield current;
        current = null;
      }
      current ??= begun(row);
      take(current, row);
    }
    count += rows.length;
    if (rows.length < FETCH_MAX_ROWS) break;
  }
  if (current) yield current;
  await client.query('CLOSE rebuild_streams');
  return count;
}

/** One aggregate as it was at `version`; null where its stream does not reach that far. */
export async function foldedTo(
  client: ClientBase,
  schema: string,
  aggregate: KnownAggregate,
  id: string,
  version: number,
): Promise<Folded | null> {
  const { rows } = await client.query<DomainEventRow>(
    `SELECT ${COLUMNS} FROM ${quoted(schema)}.domain_events
     WHERE aggregate = $1 AND aggregate_id = $2 AND version <= $3 ORDER BY version`,
    [aggregate.name, id, version],
  );
  const folded = { aggregate, id, fold: aggregate.fold(id) };
  for (const row of rows) take(folded, row);
  return rows.length > 0 && folded.fold.state.version === version ? folded : null;
}

function begun(row: DomainEventRow): Folded {
  const aggregate = AGGREGATES.find(({ name }) => name === row.aggregate);
  if (!aggregate) {
    throw new UnreadableDomainEventError('unknown_domain_event', `${placeOf(row)}: no aggregate of this release`);
  }
  return { aggregate, id: row.aggregate_id, fold: aggregate.fold(row.aggregate_id) };
}

function take({ fold }: Folded, row: DomainEventRow): void {
  try {
    fold.take(storedDomainEventOf({ ...row, metadata: null }));
  } catch (error) {
    if (!(error instanceof UnreadableDomainEventError)) throw error;
    throw new UnreadableDomainEventError(error.code, `${placeOf(row)}: ${error.message}`);
  }
}

function placeOf({ aggregate, aggregate_id, version, sequence }: DomainEventRow): string {
  return `domain event ${sequence}, version ${version} of ${aggregate} ${aggregate_id}`;
}
