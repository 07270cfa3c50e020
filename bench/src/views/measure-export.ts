import { get } from 'node:http';
import type pg from 'pg';
import { type Figure, figure, MEBIBYTE } from '../measure/figures.ts';
import { cpuMsOf, residentBytesOf } from '../measure/process-usage.ts';
import { withClient } from './fill-views.ts';
import type { AuditApi } from './measure-case.ts';

const EXPORTED_ROWS = 1_000_000;
const FORMATS = ['ndjson', 'csv'] as const;
const ROWS_WANTED_PER_SECOND = 20_000;
const MEMORY_WANTED_MIB = 100;
const DROP_WANTED_MS = 1_000;
const SAMPLE_INTERVAL_MS = 100;
const NEWLINE = 0x0a;

interface Exported {
  tenantId: string;
  since: string;
}

interface Reading {
  lines: number;
  bytes: number;
  ms: number;
}

/** The newest rows of the tenant with the most: a million, or as many as there are. */
async function exportedOf(client: pg.Client): Promise<Exported> {
  const most = await client.query<{ tenant_id: string }>(
    'select tenant_id from attempts group by tenant_id order by count(*) desc limit 1',
  );
  const tenantId = most.rows[0]?.tenant_id ?? '';
  const { rows } = await client.query<{ at: Date }>(
    'select at from attempts where tenant_id = $1 order by at desc offset $2 limit 1',
    [tenantId, EXPORTED_ROWS],
  );
  return { tenantId, since: (rows[0]?.at ?? new Date(0)).toISOString() };
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** Rejects where the answer breaks off. `begun` is called with the first bytes. */
function readExport(api: AuditApi, { tenantId, since }: Exported, format: string, begun = () => {}): Promise<Reading> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${api.adminKey}`, 'hookstile-tenant': tenantId };
  return new Promise((resolve, reject) => {
    get(`${api.url}/v1/event-log?format=${format}&since=${since}`, { headers, agent: false }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`an export was answered with ${response.statusCode}`));
      const read = { lines: 0, bytes: 0 };
      response.once('data', begun);
      response.on('data', (chunk: Buffer) => {
        read.lines += linesIn(chunk);
        read.bytes += chunk.length;
      });
      response.once('end', () => resolve({ ...read, ms: performance.now() - startedAt }));
      response.once('error', reject);
    }).once('error', reject);
  });
}

async function formatFigures(api: AuditApi, pid: number, exported: Exported, format: string): Promise<Figure[]> {
  const idleBytes = residentBytesOf(pid);
  let peakBytes = idleBytes;
  const cpuBefore = cpuMsOf(pid);
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytesOf(pid));
  }, SAMPLE_INTERVAL_MS);
  try {
    const { lines, bytes, ms } = await readExport(api, exported, format);
    const rows = format === 'csv' ? lines - 1 : lines;
    const title = `export of the event log as ${format}`;
    const wanted = { atLeast: ROWS_WANTED_PER_SECOND };
    return [
      figure(`${title}: rows`, rows, ''),
      figure(`${title}: rows a second`, (rows / ms) * 1_000, '/s', 0, wanted),
      figure(`${title}: bytes a row`, bytes / rows, 'B'),
      figure(`${title}: CPU of audit a row`, ((cpuMsOf(pid) - cpuBefore) * 1_000) / rows, 'µs', 1),
      figure(`${title}: memory of audit, more`, (peakBytes - idleBytes) / MEBIBYTE, 'MiB', 0, {
        atMost: MEMORY_WANTED_MIB,
      }),
    ];
  } finally {
    clearInterval(sampling);
  }
}

/** Drops the oldest day as retention does, once an export of the whole log has begun. */
async function dropFigures(api: AuditApi, databaseUrl: string, { tenantId }: Exported, day: string): Promise<Figure[]> {
  let dropMs = 0;
  await withClient(databaseUrl, async (client) => {
    let dropped: Promise<unknown> = Promise.resolve();
    const drop = async (): Promise<void> => {
      const startedAt = performance.now();
      await client.query(`drop table attempts_${day}`);
      dropMs = performance.now() - startedAt;
    };
    await readExport(api, { tenantId, since: new Date(0).toISOString() }, 'ndjson', () => {
      dropped = drop();
    });
    await dropped;
  });
  return [figure('drop of a day of attempts beside an export', dropMs, 'ms', 0, { atMost: DROP_WANTED_MS })];
}

/** The figures of exports; the oldest day of attempts, `YYYYMMDD`, is gone afterwards. */
export async function exportFigures(
  api: AuditApi,
  pid: number,
  databaseUrl: string,
  oldestDay: string,
): Promise<Figure[]> {
  const exported = await withClient(databaseUrl, exportedOf);
  const figures: Figure[] = [];
  for (const format of FORMATS) figures.push(...(await formatFigures(api, pid, exported, format)));
  return [...figures, ...(await dropFigures(api, databaseUrl, exported, oldestDay))];
}
