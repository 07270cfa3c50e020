import { setTimeout as sleep } from 'node:timers/promises';
import { quoted } from '@hookstile/event-store';
import type { Messaging } from '@hookstile/messaging';
import type { ClientBase } from 'pg';
import { AGGREGATES, type KnownAggregate } from '../changes/aggregates.js';
import type { TenantKeyRow } from '../tenant-keys/tenant-key.store.js';
import { tenantKeyRecord } from '../tenant-keys/tenant-keys.js';
import { type Compared, Differences } from './differences.js';
import { OUTBOX_POLL_MS, OUTBOX_WAIT_MAX_MS, STATEMENT_TIMEOUT_MS } from './rebuild.bounds.js';
import { ShadowTables } from './shadow-tables.js';
import { foldedStreams, foldedTo } from './stored-streams.js';
import { TENANT_KEY_KIND, tenantKeyNow, tenantKeys } from './tenant-key-source.js';
import { digested, expectedRecord, readTopic } from './topic-records.js';

export interface CheckOptions {
  client: ClientBase;
  schema: string;
  messaging: Messaging;
  /** The full name of the topic `configuration`. */
  topic: string;
  monotonicMs(): number;
}

export interface Checked {
  compared: readonly Compared[];
  aggregates: number;
  domainEvents: number;
  topicRecords: number;
  /** Records that were committed and are not in the topic: no relay publishes them. */
  waiting: number;
}

/** Whether all that is made of the domain events is what they say. */
export function isIdentical({ compared }: Pick<Checked, 'compared'>): boolean {
  return compared.every(({ differing }) => differing.length === 0);
}

/**
 * Folds all domain events beside the running service and compares what comes of it with the read models, in one
 * snapshot, and with the newest records of `configuration`. Changes nothing. What differs stands in `Differences` then,
 * for as long as the client's connection lasts.
 */
export async function check(options: CheckOptions): Promise<{ checked: Checked; differences: Differences }> {
  const { client, schema, messaging, topic } = options;
  const shadows = new ShadowTables(client, schema);
  const differences = new Differences(client, schema);
  await client.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await shadows.create();
  await differences.create();
  const folded = await foldIntoShadows(options, shadows);
  for await (const key of tenantKeys(client, schema))
    await shadows.addExpected(digested(tenantKeyRecord(key), key.version));
  await shadows.flush();
  await differences.compareReadModels();
  const committed = await unpublished(options, null);
  await client.query('COMMIT');
  const waiting = await waitForRelay(options, committed);
  const topicRecords = await readTopic(messaging, topic, shadows);
  await differences.compareRecords();
  await settleWhatCameLater(options, differences);
  return { checked: { ...folded, topicRecords, waiting, compared: await differences.compared() }, differences };
}

/** Writes what the domain events say into the shadow tables. */
export async function foldIntoShadows(
  { client, schema }: Pick<CheckOptions, 'client' | 'schema'>,
  shadows: ShadowTables,
): Promise<{ aggregates: number; domainEvents: number }> {
  const streams = foldedStreams(client, schema);
  let aggregates = 0;
  for (;;) {
    const { value, done } = await streams.next();
    if (done) return { aggregates, domainEvents: value };
    aggregates += 1;
    const { aggregate, fold } = value;
    const row = fold.readModelRow();
    const configuration = fold.configuration();
    if (row) await shadows.addRow(aggregate.kind, row);
    if (configuration) await shadows.addExpected(expectedRecord(configuration));
  }
}

/** The outbox rows that nobody has published; of `ids`, or all that the snapshot has. */
async function unpublished({ client, schema }: CheckOptions, ids: readonly string[] | null): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${quoted(schema)}.outbox
     WHERE published_at IS NULL AND topic = 'configuration' AND ($1::bigint[] IS NULL OR id = ANY($1))`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** What the snapshot has must be in the topic before the topic is read. Answers how much of it nobody published. */
async function waitForRelay(options: CheckOptions, committed: readonly string[]): Promise<number> {
  const giveUpMs = options.monotonicMs() + OUTBOX_WAIT_MAX_MS;
  let waiting = committed;
  while (waiting.length > 0 && options.monotonicMs() < giveUpMs) {
    await sleep(OUTBOX_POLL_MS);
    waiting = await unpublished(options, waiting);
  }
  return waiting.length;
}

/**
 * Beside a running service the topic is newer than the snapshot. A record stands for a version, and what an aggregate was
 * at a version never changes: such a record is compared with the fold up to its version.
 */
async function settleWhatCameLater(options: CheckOptions, differences: Differences): Promise<void> {
  let after = '';
  for (;;) {
    const page = await differences.page('topic', ['ahead', 'extra'], after);
    for (const { id: key } of page) {
      const verdict = await verdictOf(options, key);
      if (verdict === 'identical') await differences.settle(key, null);
      else if (verdict === 'differs') await differences.settle(key, verdict);
    }
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
  }
}

async function verdictOf({ client, schema }: CheckOptions, key: string): Promise<'identical' | 'differs' | 'beyond'> {
  const { rows } = await client.query<{ version: string; digest: string }>(
    'SELECT version, digest FROM found_records WHERE key = $1',
    [key],
  );
  const found = rows[0];
  const { kind, id } = placeOfKey(key);
  if (!found) return 'beyond';
  if (kind === TENANT_KEY_KIND)
    return verdictOfKey(await tenantKeyNow(client, schema, id), Number(found.version), found.digest);
  const aggregate = aggregateOfKey(key);
  if (!aggregate) return 'beyond';
  const folded = await foldedTo(client, schema, aggregate, id, Number(found.version));
  const configuration = folded?.fold.configuration();
  if (!configuration) return 'beyond';
  return expectedRecord(configuration).digest === found.digest ? 'identical' : 'differs';
}

/** What a key was before cannot be asked: one that is newer still is taken at its word. */
function verdictOfKey(row: TenantKeyRow | null, version: number, digest: string) {
  if (!row || row.version < version) return 'beyond';
  return row.version > version || digested(tenantKeyRecord(row), version).digest === digest ? 'identical' : 'differs';
}

export function placeOfKey(key: string): { kind: string; id: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon), id: key.slice(colon + 1) };
}

export function aggregateOfKey(key: string): KnownAggregate | undefined {
  return AGGREGATES.find(({ kind }) => kind === placeOfKey(key).kind);
}
