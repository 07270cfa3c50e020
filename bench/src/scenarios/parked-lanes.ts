import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../child.ts';
import { EventLog } from '../measure/event-log.ts';
import { type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { MemorySeries } from '../measure/memory-series.ts';
import { cpuMsOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';
import type { ReceiveReport } from '../receive/receive.types.ts';
import type { Receiver } from '../run-load.ts';
import type { SeedCommand, SeedReport } from '../seed/seed.types.ts';
import { type BenchTenant, createTenant } from '../tenant.ts';
import { waitUntil } from '../wait-until.ts';

/** Enough that each partition has some. */
const WELL = 100;
const PARKED_MAX_MS = 600_000;
const TAKEN_OVER_MAX_MS = 120_000;
const SETTLE_MS = 10_000;
/** Parked lanes stay parked. */
const RETRY_DELAY_MS = 3_600_000;

const mebibytes = (bytes: number): number => bytes / MEBIBYTE;

interface World {
  options: BenchOptions;
  stack: OwnStack;
  receiver: Receiver;
  progress: { count: number };
  unwell: BenchTenant;
  well: BenchTenant;
}

async function open(options: BenchOptions, stack: OwnStack, receiver: Receiver, progress: World['progress']) {
  const { port, fragilePort } = await receiver.ask({ kind: 'configure', integrations: WELL, streams: 1 }, 'listening');
  await receiver.ask({ kind: 'refuse', refuse: true }, 'behaving');
  const config = await stack.startService('config');
  const unwell = await createTenant(stack.api, {
    integrations: options.lanes,
    urlOf: (index) => `http://127.0.0.1:${fragilePort}/${index}`,
    settings: { retry: { delaysMs: [RETRY_DELAY_MS] } },
  });
  const urlOf = (index: number) => `http://127.0.0.1:${port}/${index}`;
  const well = await createTenant(stack.api, { integrations: WELL, urlOf });
  await config.stop();
  return { options, stack, receiver, progress, unwell, well };
}

async function seed({ stack, options }: World, tenant: BenchTenant, run: number): Promise<void> {
  const seeder = new Child<SeedCommand, SeedReport>('./seed/seed-process.ts');
  const { id: tenantId, integrationIds } = tenant;
  const deliveries = integrationIds.length;
  const firstSourceOffset = run * options.lanes;
  const { brokers } = stack;
  const { dataBytes } = options;
  const plan = { brokers, tenantId, integrationIds, run, deliveries, firstSourceOffset, dataBytes };
  await seeder.ask({ kind: 'seed', plan }, 'seeded');
  seeder.end();
}

/** Writes one delivery for each integration that is well; resolves when all have come: all partitions work. */
async function works(world: World, run: number): Promise<void> {
  const { receiver, progress, well } = world;
  progress.count = 0;
  receiver.tell({ kind: 'begin', run });
  await seed(world, well, run);
  await waitUntil('deliveries come through all partitions', TAKEN_OVER_MAX_MS, () => progress.count === WELL);
}

async function memoryOf({ pid, metricsUrl }: RunningService) {
  await sleep(SETTLE_MS);
  return new MemorySeries(pid, metricsUrl).read();
}

async function measure(world: World): Promise<FiguresResult> {
  const { stack, options } = world;
  const idle = await stack.startService('dispatcher');
  await works(world, 1);
  const before = await memoryOf(idle);
  await seed(world, world.unwell, 2);
  const rows = await EventLog.open(stack.databaseUrl);
  await waitUntil('all lanes are parked', PARKED_MAX_MS, async () => (await rows.parked()) === options.lanes);
  await rows.close();
  const parked = await memoryOf(idle);
  await idle.stop();

  const startedAt = performance.now();
  const again = await stack.startService('dispatcher');
  await works(world, 3);
  const worksMs = performance.now() - startedAt;
  const cpuMs = cpuMsOf(again.pid);
  const restarted = await memoryOf(again);
  await again.stop();
  return {
    scenario: 'parked-lanes',
    title: `${options.lanes} integrations with one parked lane each`,
    figures: [
      figure('dispatcher with none parked: RSS', mebibytes(before.rssBytes), 'MiB'),
      figure('dispatcher with none parked: heap', mebibytes(before.heapBytes), 'MiB'),
      figure('after all were parked: RSS', mebibytes(parked.rssBytes), 'MiB'),
      figure('after all were parked: heap', mebibytes(parked.heapBytes), 'MiB'),
      figure('start until ready', again.readyMs / 1_000, 's', 1),
      figure('start until all partitions deliver', worksMs / 1_000, 's', 1, { atMost: 15 }),
      figure('CPU until then', cpuMs / 1_000, 's', 1),
      figure('after that start: RSS', mebibytes(restarted.rssBytes), 'MiB', 0, { atMost: 300 }),
      figure('after that start: heap', mebibytes(restarted.heapBytes), 'MiB'),
    ],
  };
}

/** What parked lanes cost the process that owns them, and how soon it works again after a start. */
export async function parkedLanes(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  const progress = { count: 0 };
  const receiver: Receiver = new Child('./receive/receive-process.ts', (report: ReceiveReport) => {
    if (report.kind === 'progress') progress.count = report.count;
  });
  try {
    return await measure(await open(options, stack, receiver, progress));
  } finally {
    receiver.end();
    await stack.stop();
  }
}
