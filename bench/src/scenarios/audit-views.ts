import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../child.ts';
import type { JournalCommand, JournalPlan, JournalReport } from '../journal/journal.types.ts';
import { EventLog } from '../measure/event-log.ts';
import { type Figure, type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { cpuMsOf, peakBytesOf } from '../measure/process-usage.ts';
import type { BenchOptions } from '../options.ts';
import { OwnStack, type RunningService } from '../own-stack.ts';

const RATE = 5_000;
const TENANTS = 10;
const INTEGRATIONS_OF_A_TENANT = 20;
const STEADY_SECONDS = 20;
const STOPPED_SECONDS = 60;
/** Attempts go on being written while what gathered is read. */
const AFTER_SECONDS = 240;
const LOOK_INTERVAL_MS = 250;
/** As many as the views may lag behind: two seconds' worth. */
const CAUGHT_UP_WITHIN = 2 * RATE;

interface World {
  stack: OwnStack;
  eventLog: EventLog;
  journal: { pid: number };
  written: { attempts: number };
}

/** Audit reads deliveries and attempts at a steady rate, is stopped for a minute, and comes back to them. */
export async function auditViews(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  try {
    return await aroundAStop(options, stack);
  } finally {
    await stack.stop();
  }
}

async function aroundAStop(options: BenchOptions, stack: OwnStack): Promise<FiguresResult> {
  const written = { attempts: 0 };
  const journal = new Child<JournalCommand, JournalReport>('./journal/journal-process.ts', (report) => {
    if (report.kind === 'progress') written.attempts = report.attempts;
  });
  const eventLog = await EventLog.open(stack.databaseUrl);
  try {
    const world = { stack, eventLog, journal, written };
    const audit = await stack.startService('audit');
    const plan: JournalPlan = {
      brokers: stack.brokers,
      tenants: TENANTS,
      integrationsOfATenant: INTEGRATIONS_OF_A_TENANT,
      ratePerSecond: RATE,
      seconds: STEADY_SECONDS + STOPPED_SECONDS + AFTER_SECONDS,
      bodyBytes: options.dataBytes,
    };
    journal.tell({ kind: 'write', plan });
    const steady = await whileSteady(world, audit);
    await audit.stop();
    await sleep(STOPPED_SECONDS * 1_000);
    const back = await stack.startService('audit');
    const caughtUp = await untilCaughtUp(world, back);
    return {
      scenario: 'audit-views',
      title: `${RATE} deliveries and attempts a second, written for as long as it takes; audit is stopped for ${STOPPED_SECONDS} s`,
      figures: [...steady, ...caughtUp],
    };
  } finally {
    journal.end();
    await eventLog.close();
  }
}

/** What was written and is not projected: attempts, or deliveries where those lag more. */
async function lagOf({ eventLog, written }: World): Promise<number> {
  const attempts = await eventLog.projected('attempts');
  const deliveries = await eventLog.projected('deliveries');
  return written.attempts - Math.min(attempts, deliveries);
}

/** CPU of each process since this call, for each of so many attempts. */
function cpuFrom({ stack, journal }: World, audit: RunningService) {
  const pids = { audit: audit.pid, Postgres: stack.pids.postgres, Kafka: stack.pids.kafka, 'the writer': journal.pid };
  const from = Object.entries(pids).map(([name, pid]) => ({ name, pid, ms: cpuMsOf(pid) }));
  return (attempts: number): Figure[] =>
    from.map(({ name, pid, ms }) => figure(`CPU of ${name}`, (cpuMsOf(pid) - ms) / attempts, 'ms an attempt', 3));
}

async function whileSteady(world: World, audit: RunningService): Promise<Figure[]> {
  const [from, cpu, startedAt] = [world.written.attempts, cpuFrom(world, audit), performance.now()];
  let most = 0;
  while (performance.now() - startedAt < STEADY_SECONDS * 1_000) {
    most = Math.max(most, await lagOf(world));
    await sleep(LOOK_INTERVAL_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const attempts = world.written.attempts - from;
  return [
    figure('written', attempts / seconds, 'attempts/s'),
    figure('most that the views lagged', most / RATE, 's of attempts', 1, { atMost: 2 }),
    ...cpu(attempts),
  ];
}

async function untilCaughtUp(world: World, audit: RunningService): Promise<Figure[]> {
  const { eventLog, written } = world;
  const [from, cpu, startedAt] = [await eventLog.projected('attempts'), cpuFrom(world, audit), performance.now()];
  const [gathered, writtenFrom] = [written.attempts - from, written.attempts];
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  let lag = await lagOf(world);
  while (lag > CAUGHT_UP_WITHIN && elapsed() < AFTER_SECONDS) {
    await sleep(LOOK_INTERVAL_MS);
    lag = await lagOf(world);
  }
  const seconds = elapsed();
  const read = (await eventLog.projected('attempts')) - from;
  return [
    figure('gathered while it was stopped', gathered, 'attempts'),
    figure('written meanwhile', (written.attempts - writtenFrom) / seconds, 'attempts/s'),
    figure('read back at', read / seconds, 'attempts/s', 0, { atLeast: RATE }),
    ...cpu(read),
    figure('caught up after', seconds, 's', 1, { atMost: AFTER_SECONDS }),
    figure('views lag at the end', lag / RATE, 's of attempts', 1, { atMost: 2 }),
    figure('attempts that are no row', await eventLog.missing(), 'attempts', 0, { atMost: 0 }),
    figure('peak memory of audit', peakBytesOf(audit.pid) / MEBIBYTE, 'MiB'),
  ];
}
