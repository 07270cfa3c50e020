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
  written: { attempts: number };
}

/** Audit reads deliveries and attempts at a steady rate, is stopped for a minute, and comes back to them. */
export async function auditViews(options: BenchOptions): Promise<FiguresResult> {
  const stack = await OwnStack.start(options);
  const written = { attempts: 0 };
  const journal = new Child<JournalCommand, JournalReport>('./journal/journal-process.ts', (report) => {
    if (report.kind === 'progress') written.attempts = report.attempts;
  });
  const eventLog = await EventLog.open(stack.databaseUrl);
  try {
    const world = { stack, eventLog, written };
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
    await stack.stop();
  }
}

async function whileSteady({ stack, eventLog, written }: World, audit: RunningService): Promise<Figure[]> {
  const from = { attempts: written.attempts, audit: cpuMsOf(audit.pid), postgres: cpuMsOf(stack.pids.postgres) };
  const startedAt = performance.now();
  let most = 0;
  while (performance.now() - startedAt < STEADY_SECONDS * 1_000) {
    most = Math.max(most, written.attempts - (await eventLog.rows()));
    await sleep(LOOK_INTERVAL_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const attempts = written.attempts - from.attempts;
  return [
    figure('written', attempts / seconds, 'attempts/s'),
    figure('most that the event log lagged', most / RATE, 's of attempts', 1, { atMost: 2 }),
    figure('CPU of audit', (cpuMsOf(audit.pid) - from.audit) / attempts, 'ms an attempt', 3),
    figure('CPU of Postgres', (cpuMsOf(stack.pids.postgres) - from.postgres) / attempts, 'ms an attempt', 3),
  ];
}

async function untilCaughtUp({ eventLog, written }: World, audit: RunningService): Promise<Figure[]> {
  const [from, startedAt] = [await eventLog.rows(), performance.now()];
  const gathered = written.attempts - from;
  let rows = from;
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  while (written.attempts - rows > CAUGHT_UP_WITHIN && elapsed() < AFTER_SECONDS) {
    await sleep(LOOK_INTERVAL_MS);
    rows = await eventLog.rows();
  }
  const seconds = elapsed();
  return [
    figure('gathered while it was stopped', gathered, 'attempts'),
    figure('read back at', (rows - from) / seconds, 'attempts/s', 0, { atLeast: RATE }),
    figure('caught up after', seconds, 's', 1, { atMost: AFTER_SECONDS }),
    figure('peak memory of audit', peakBytesOf(audit.pid) / MEBIBYTE, 'MiB'),
  ];
}
