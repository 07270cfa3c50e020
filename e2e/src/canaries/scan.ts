import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_PARTITION_COUNT, TOPIC_NAMES, topicName } from '@hookstile/contracts';
import { connectMessaging } from '@hookstile/messaging';
import pg from 'pg';
import type { Canaries } from './canaries.js';

const ROWS_MAX = 1_000;
const PREFIX = 'hookstile.';

/** Where something was looked for, how much there was, and what was found. */
export interface Scan {
  place: string;
  /** Rows, records, files or processes. */
  items: number;
  found: string[];
}

interface Tally {
  scan: Scan;
  look(text: string, where: string): void;
}

function tally(place: string, canaries: Canaries): Tally {
  const scan: Scan = { place, items: 0, found: [] };
  return {
    scan,
    look: (text, where) => {
      scan.items += 1;
      for (const found of canaries.in(text)) scan.found.push(`${place}: ${found} in ${where}`);
    },
  };
}

/** Every row of every table as text: bytes stand there in hex. */
export async function scanDatabase(url: string, canaries: Canaries): Promise<Scan> {
  const { scan, look } = tally('database', canaries);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND schemaname NOT LIKE 'pg_temp%'`,
    );
    for (const { name } of tables) {
      await client.query('BEGIN');
      await client.query(`DECLARE dump NO SCROLL CURSOR FOR SELECT t::text AS row FROM ${name} AS t`);
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS_MAX} FROM dump`);
        for (const { row } of rows) {
          look(row, name);
          // Bytes that are text: what stands in them once more encoded is found too.
          for (const [hex] of row.matchAll(/(?<=\\x)[0-9a-f]+/g)) look(Buffer.from(hex, 'hex').toString('utf8'), name);
        }
        if (rows.length < ROWS_MAX) break;
      }
      await client.query('COMMIT');
    }
    return scan;
  } finally {
    await client.end();
  }
}

/** Every record of every topic: key, headers and value. */
export async function scanTopics(brokers: string[], canaries: Canaries): Promise<Scan> {
  const { scan, look } = tally('topics', canaries);
  const messaging = await connectMessaging({ brokers, clientId: 'canary-scan' });
  try {
    for (const name of TOPIC_NAMES) {
      const topic = topicName(PREFIX, name);
      const count = name === 'configuration' ? 1 : DEFAULT_PARTITION_COUNT;
      for (let partition = 0; partition < count; partition += 1) {
        const to = await messaging.endOffset({ topic, partition });
        await messaging.readRange({
          topic,
          partition,
          from: 0,
          to,
          onRecords: (records) => {
            for (const { key, headers, value } of records) {
              const texts = Object.entries(headers).map(([header, bytes]) => `${header}: ${String(bytes)}`);
              look([String(key), ...texts, value?.toString('utf8') ?? ''].join('\n'), name);
            }
          },
        });
      }
    }
    return scan;
  } finally {
    await messaging.close();
  }
}

/** Every file of a folder, and of those below it. */
export function scanFiles(place: string, directory: string, canaries: Canaries): Scan {
  const { scan, look } = tally(place, canaries);
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) look(readFileSync(join(entry.parentPath, entry.name), 'utf8'), entry.name);
  }
  return scan;
}

export function scanTexts(place: string, texts: Iterable<[where: string, text: string]>, canaries: Canaries): Scan {
  const { scan, look } = tally(place, canaries);
  for (const [where, text] of texts) look(text, where);
  return scan;
}

/** What `ps` shows of every process. */
export function scanProcesses(canaries: Canaries): Scan {
  const { scan, look } = tally('processes', canaries);
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      look(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '), `process ${pid}`);
    } catch {
      // It ended in between.
    }
  }
  return scan;
}
