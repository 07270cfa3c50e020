import pg from 'pg';
import { type Figure, type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import { cpuMsOf, residentBytesOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';
import { type Api, create } from '../tenant.ts';

const TENANTS = 100;
/** Changes that wait for their publication at a time: an apply, or a migration of a customer base. */
const CONCURRENT_CREATES = 16;
const PAGE = 50;
const FIRST_PAGES = 200;
const STREAM_LENGTHS = [10, 100, 1_000];
const LOADS = 50;

const CREATES_WANTED = 200;
const LIST_WANTED_MS = 50;
const LOAD_WANTED_MS = 5_000;
const MEMORY_WANTED_MIB = 150;

interface Loaded {
  readyMs: number;
  cpuMs: number;
  mebibytes: number;
}

async function call<T>(
  { configUrl, adminKey }: Api,
  method: string,
  path: string,
  tenant: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`${configUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      'hookstile-tenant': tenant,
      ...(body ? { 'content-type': 'application/json', 'if-match': '*' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function timed(times: number, work: (n: number) => Promise<unknown>): Promise<Float64Array> {
  const durations = new Float64Array(times);
  for (let n = 0; n < times; n += 1) {
    const startedAt = performance.now();
    await work(n);
    durations[n] = performance.now() - startedAt;
  }
  return durations;
}

/** As a customer would: a signed integration with a header and a token of its own. */
async function createIntegrations(api: Api, count: number, tenantOf: (n: number) => string): Promise<number> {
  let next = 0;
  const startedAt = performance.now();
  const createNext = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const integration = {
        name: `SIEM ${n}`,
        url: `https://hooks.example.com/tenants/${n}`,
        eventTypes: ['device.*', `audit.${n % 100}`],
        request: { headers: { 'X-Team': `team ${n}` }, auth: { type: 'bearer', token: `token-${n}` } },
      };
      await create(api, '/v1/integrations', integration, tenantOf(n));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_CREATES }, createNext));
  return (count * 1_000) / (performance.now() - startedAt);
}

/** The first page again and again, then all pages to the last, which lies deepest. */
async function listFigures(api: Api, configPid: number, tenant: string, name: string): Promise<Figure[]> {
  const page = (cursor: string | null) =>
    call<{ nextCursor: string | null }>(
      api,
      'GET',
      `/v1/integrations?limit=${PAGE}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      tenant,
    );
  const cpuBeforeMs = cpuMsOf(configPid);
  const first = percentilesOf(await timed(FIRST_PAGES, () => page(null)));
  const cpuMs = (cpuMsOf(configPid) - cpuBeforeMs) / FIRST_PAGES;
  const deep: number[] = [];
  let { nextCursor } = await page(null);
  while (nextCursor !== null) {
    const startedAt = performance.now();
    ({ nextCursor } = await page(nextCursor));
    deep.push(performance.now() - startedAt);
  }
  const walk = percentilesOf(Float64Array.from(deep));
  return [
    figure(`list, ${name}: first page p50`, first.p50, 'ms', 1),
    figure(`list, ${name}: first page p95`, first.p95, 'ms', 1, { atMost: LIST_WANTED_MS }),
    figure(`list, ${name}: CPU of config a page`, cpuMs, 'ms', 2),
    figure(`list, ${name}: ${deep.length} deeper pages p50`, walk.p50, 'ms', 1),
    figure(`list, ${name}: ${deep.length} deeper pages p95`, walk.p95, 'ms', 1, { atMost: LIST_WANTED_MS }),
  ];
}

/** A real process, from its start until it is ready, which it is not before its projection has read the topic. */
async function load(stack: OwnStack, name: 'dispatcher' | 'event-ingest'): Promise<Loaded> {
  const service: RunningService = await stack.startService(name);
  const loaded = {
    readyMs: service.readyMs,
    cpuMs: cpuMsOf(service.pid),
    mebibytes: residentBytesOf(service.pid) / MEBIBYTE,
  };
  await service.stop();
  return loaded;
}

/** What a change of an aggregate costs that has had many, and how much of it is the reading of its stream. */
async function streamFigures(api: Api, databaseUrl: string, tenant: string): Promise<Figure[]> {
  const { id } = await create<{ id: string }>(
    api,
    '/v1/integrations',
    { name: 'changed', url: 'https://hooks.example.com/' },
    tenant,
  );
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const figures: Figure[] = [];
  let version = 1;
  const patch = () => {
    version += 1;
    return call(api, 'PATCH', `/v1/integrations/${id}`, tenant, { name: `changed ${version}` });
  };
  const read = () =>
    client.query('SELECT * FROM config.domain_events WHERE aggregate = $1 AND aggregate_id = $2 ORDER BY version', [
      'integration',
      id,
    ]);
  try {
    for (const length of STREAM_LENGTHS) {
      while (version < length) await patch();
      const reads = percentilesOf(await timed(LOADS, read));
      const patches = percentilesOf(await timed(LOADS, patch));
      figures.push(
        figure(`stream of ${length}: read p50`, reads.p50, 'ms', 2),
        figure(`stream of ${length}: PATCH p50`, patches.p50, 'ms', 1),
      );
    }
  } finally {
    await client.end();
  }
  return figures;
}

async function measure({ configured }: BenchOptions, stack: OwnStack): Promise<Figure[]> {
  const { api } = stack;
  const empty = { router: await load(stack, 'event-ingest'), dispatcher: await load(stack, 'dispatcher') };
  const config = await stack.startService('config');
  const tenantIds: string[] = [];
  for (let n = 0; n <= TENANTS; n += 1) {
    tenantIds.push((await create<{ id: string }>(api, '/v1/tenants', { name: `T${n}`, plan: 'standard' }, null)).id);
  }
  const [one = '', ...many] = tenantIds;
  const cpuBeforeMs = cpuMsOf(config.pid);
  const inOne = await createIntegrations(api, configured, () => one);
  const cpuMs = (cpuMsOf(config.pid) - cpuBeforeMs) / configured;
  const overMany = await createIntegrations(api, configured, (n) => many[n % TENANTS] ?? '');
  const lists = [
    ...(await listFigures(api, config.pid, one, `${configured} of one tenant`)),
    ...(await listFigures(api, config.pid, many[0] ?? '', `one of ${TENANTS} tenants`)),
  ];
  const streams = await streamFigures(api, stack.databaseUrl, many[1] ?? '');
  await config.stop();
  const full = { router: await load(stack, 'event-ingest'), dispatcher: await load(stack, 'dispatcher') };
  return [
    figure(`creates in one tenant, ${CONCURRENT_CREATES} at a time`, inOne, '/s', 0, { atLeast: CREATES_WANTED }),
    figure(`creates over ${TENANTS} tenants, ${CONCURRENT_CREATES} at a time`, overMany, '/s', 0, {
      atLeast: CREATES_WANTED,
    }),
    figure('CPU of config, each create', cpuMs, 'ms', 2),
    ...lists,
    ...streams,
    ...(['router', 'dispatcher'] as const).flatMap((name) => [
      figure(`${name}: ready without any`, empty[name].readyMs, 'ms'),
      figure(`${name}: loads ${2 * configured}`, full[name].readyMs - empty[name].readyMs, 'ms', 0, {
        atMost: LOAD_WANTED_MS,
      }),
      figure(`${name}: CPU for ${2 * configured}`, full[name].cpuMs - empty[name].cpuMs, 'ms'),
      figure(`${name}: memory for ${2 * configured}`, full[name].mebibytes - empty[name].mebibytes, 'MiB', 0, {
        atMost: MEMORY_WANTED_MIB,
      }),
    ]),
  ];
}

/** A platform with many integrations: what an admin waits for, and what the other services pay for them. */
export async function configuration(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  try {
    const figures = await measure(options, stack);
    const title = `${options.configured} integrations in one tenant, and as many over ${TENANTS}; real processes`;
    return { scenario: 'configuration', title, figures };
  } finally {
    await stack.stop();
  }
}
