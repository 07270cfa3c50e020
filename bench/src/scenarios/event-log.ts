import { type Figure, type FiguresResult, figure } from '../measure/figures.ts';
import { percentilesOf } from '../measure/percentiles.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack } from '../own-stack.ts';
import { drawRows } from '../views/drawn-values.ts';
import { DAYS, dayDropped, fillViews, firstDayMs, storedSizes, withClient } from '../views/fill-views.ts';
import { filterCases } from '../views/filter-cases.ts';
import { type CaseTimes, measureCase } from '../views/measure-case.ts';
import { exportFigures } from '../views/measure-export.ts';

const DAY_MS = 86_400_000;
const VALUES = 40;
const WARM_UP_VALUES = 2;
const FIRST_PAGE_WANTED_MS = 100;
const FILTER_WANTED_MS = 300;
const RETENTION_WANTED_MS = 1_000;
const RETENTION_TIMEOUT_MS = 60_000;
const TABLES = ['events', 'deliveries', 'attempts', 'activity_log', 'audit_log'];

const p95 = (times: Float64Array): number => percentilesOf(times).p95;

/** The page that an admin opens first, with nothing narrowed; and each filter, wherever in the list. */
function figuresOf({ list, name, firstMs, deepMs, shortPages, rows }: CaseTimes): Figure[] {
  const pages = firstMs.length + deepMs.length;
  const wanted = { atMost: name === 'no filter' ? FIRST_PAGE_WANTED_MS : FILTER_WANTED_MS };
  const title = `${list}, ${name}`;
  return [
    figure(`${title}: p50 of all pages`, percentilesOf(Float64Array.from([...firstMs, ...deepMs])).p50, 'ms', 1),
    figure(`${title}: p95 of first pages`, p95(firstMs), 'ms', 1, wanted),
    figure(`${title}: p95 of deep pages`, p95(deepMs), 'ms', 1, { atMost: FILTER_WANTED_MS }),
    figure(`${title}: rows a page`, rows / pages, '', 1),
    ...(shortPages > 0 ? [figure(`${title}: short pages that go on`, (100 * shortPages) / pages, '%', 0)] : []),
  ];
}

async function sizeFigures(databaseUrl: string): Promise<Figure[]> {
  const sizes = await storedSizes(databaseUrl, TABLES);
  return sizes.flatMap(({ table, rows, tableBytes, indexBytes }) => [
    figure(`${table}: rows`, rows, ''),
    figure(`${table}: bytes a row`, tableBytes / rows, 'B'),
    figure(`${table}: bytes of indexes a row`, indexBytes / rows, 'B'),
  ]);
}

async function measure({ rows }: BenchOptions, stack: OwnStack): Promise<Figure[]> {
  const nowMs = Date.now();
  const filledAt = performance.now();
  await fillViews(stack.databaseUrl, rows, nowMs);
  const filledMs = performance.now() - filledAt;
  const audit = await stack.startService('audit');
  const api = { url: audit.url, adminKey: stack.api.adminKey };
  const drawn = await withClient(stack.databaseUrl, drawRows);
  const cases = filterCases(drawn);
  let turn = 0;
  // A low-discrepancy walk over the days: as even as drawing, and the same in each run.
  const moment = () => firstDayMs(nowMs) + ((turn++ * 0.618_034) % 1) * DAYS * DAY_MS;
  const whole = () => Math.floor(moment());
  for (const one of cases) await measureCase(api, one, WARM_UP_VALUES, whole);
  const figures: Figure[] = [];
  for (const one of cases) figures.push(...figuresOf(await measureCase(api, one, VALUES, whole)));
  const oldestDay = new Date(firstDayMs(nowMs)).toISOString().slice(0, 10).replaceAll('-', '');
  figures.push(...(await exportFigures(api, audit.pid, stack.databaseUrl, oldestDay)));
  await audit.stop();
  const sizes = await sizeFigures(stack.databaseUrl);
  const retention = figure('retention: two days of all tables', await retentionMs(stack, nowMs), 'ms', 0, {
    atMost: RETENTION_WANTED_MS,
  });
  return [figure('generated in', filledMs / 1_000, 's'), ...sizes, ...figures, retention];
}

/** A process that keeps less finds two days too many when it starts; the export may have dropped of the first one. */
async function retentionMs(stack: OwnStack, nowMs: number): Promise<number> {
  const kept = String(DAYS - 2);
  const dropped = dayDropped(stack.databaseUrl, firstDayMs(nowMs) + DAY_MS, RETENTION_TIMEOUT_MS);
  const audit = await stack.startService('audit', {
    HOOKSTILE_EVENTS_KEPT_DAYS: kept,
    HOOKSTILE_ATTEMPTS_KEPT_DAYS: kept,
    HOOKSTILE_ACTIVITY_LOG_KEPT_DAYS: kept,
  });
  const ms = await dropped;
  await audit.stop();
  return ms;
}

/** What an admin waits for who looks for something among millions of attempts of a month. */
export async function eventLog(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  try {
    const title = `${options.rows} attempts of ${DAYS} days in Postgres, read through the service's API`;
    return { scenario: 'event-log', title, figures: await measure(options, stack) };
  } finally {
    await stack.stop();
  }
}
