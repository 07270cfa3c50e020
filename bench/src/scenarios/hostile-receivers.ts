import { Child } from '../child.ts';
import type { HostileEndpoint, HostileReport } from '../hostile/hostile.types.ts';
import { type Figure, type FiguresResult, figure, MEBIBYTE } from '../measure/figures.ts';
import { latenciesOf } from '../measure/latencies.ts';
import { dispatcherMemory } from '../measure/memory-series.ts';
import { percentilesOf, percentilesOfAll } from '../measure/percentiles.ts';
import { cpuMsOf } from '../measure/process-usage.ts';
import { type Bench, openBench } from '../open-bench.ts';
import type { BenchOptions } from '../options.ts';
import { type Load, runLoad } from '../run-load.ts';
import type { StackUnderTest } from '../stack-under-test.ts';
import { type BenchTenant, createTenant } from '../tenant.ts';

const WELL = 20;
/** Events a second to all hostile receivers together, each of which is one attempt. */
const HOSTILE_RATE = 20;
const HOSTILE_TIMEOUT_MS = 1_000;
const SAMPLES_MIN = 5_000;
const LATENCY_RATIO_WANTED = { atMost: 1.5 };
const GROWTH_WANTED_MIB = { atMost: 20 };

/** No retries, and nothing disables them: each event is one attempt at one that does harm. */
const HOSTILE_SETTINGS = {
  ordering: { mode: 'unordered' },
  retry: { delaysMs: [] },
  disableAfter: null,
  disableAfterMs: null,
};

interface Hostile {
  tenant: BenchTenant;
  load: Load;
  count: number;
  end(): void;
}

function settingsOf({ ca }: HostileEndpoint): object {
  const tls = ca === null ? {} : { tls: { ca } };
  return { ...HOSTILE_SETTINGS, request: { timeoutMs: HOSTILE_TIMEOUT_MS, ...tls } };
}

async function openHostile(options: BenchOptions, { run }: StackUnderTest): Promise<Hostile> {
  const receivers = new Child<object, HostileReport>('./hostile/hostile-process.ts');
  const { endpoints } = await receivers.next('listening');
  const tenant = await createTenant(
    { configUrl: run.services.config.url, adminKey: run.adminKey },
    {
      integrations: endpoints.length,
      urlOf: (index) => endpoints[index]?.url ?? '',
      settingsOf: (index) => settingsOf(endpoints[index] ?? { url: '', ca: null }),
    },
  );
  const load: Load = new Child('./load/load-process.ts');
  const frontDoor = new URL(run.services['event-ingest'].url);
  const target = { host: frontDoor.hostname, port: Number(frontDoor.port), key: tenant.key };
  const { dataBytes } = options;
  const integrations = endpoints.length;
  await load.ask({ kind: 'configure', settings: { ...target, integrations, streams: 1, dataBytes } }, 'configured');
  const end = (): void => {
    load.end();
    receivers.end();
  };
  return { tenant, load, count: integrations, end };
}

/** Of one phase: latencies of those that are well, and what the dispatcher took for it. */
interface Phase {
  acceptedMs: Float64Array;
  peakBytes: number;
  cpuMs: number;
  attempts: number;
}

const common = { backlog: 0, window: Number.POSITIVE_INFINITY, deliveriesPerEvent: 1, fanOut: false };

async function phase(bench: Bench, stack: StackUnderTest, seconds: number, hostile: Hostile | null): Promise<Phase> {
  const [dispatcher] = stack.run.services.dispatcher;
  if (!dispatcher?.pid) throw new Error('the stack has no dispatcher');
  const durationMs = seconds * 1_000;
  const cpuMs = cpuMsOf(dispatcher.pid);
  const endPeak = dispatcherMemory(stack).startPeak();
  try {
    const harm = hostile?.load.ask(
      { kind: 'run', run: { ...common, run: bench.wire.nextRun, durationMs, ratePerSecond: HOSTILE_RATE } },
      'finished',
    );
    const well = runLoad(bench.wire, { ...common, durationMs, ratePerSecond: bench.options.rate });
    const [{ streams, received }, harmed] = await Promise.all([well, harm]);
    return {
      acceptedMs: latenciesOf(streams, received).acceptedMs,
      attempts: harmed?.accepted ?? 0,
      peakBytes: (await endPeak()).rssBytes,
      cpuMs: cpuMsOf(dispatcher.pid) - cpuMs,
    };
  } catch (error) {
    await endPeak().catch(() => undefined);
    throw error;
  }
}

function figuresOf(before: Phase, hostile: Phase, after: Phase): Figure[] {
  const quiet = percentilesOfAll(before.acceptedMs, after.acceptedMs);
  const [first, last] = [percentilesOf(before.acceptedMs), percentilesOf(after.acceptedMs)];
  const loud = percentilesOf(hostile.acceptedMs);
  const mib = (bytes: number): number => bytes / MEBIBYTE;
  const quietCpuMs = (before.cpuMs + after.cpuMs) / 2;
  return [
    figure('before: p50', first.p50, 'ms', 1),
    figure('before: p99', first.p99, 'ms', 1),
    figure('hostile: p50', loud.p50, 'ms', 1),
    figure('hostile: p99', loud.p99, 'ms', 1),
    figure('after: p50', last.p50, 'ms', 1),
    figure('after: p99', last.p99, 'ms', 1),
    figure('hostile: p99 against the quiet phases', loud.p99 / quiet.p99, '×', 2, LATENCY_RATIO_WANTED),
    figure('dispatcher before: memory at most', mib(before.peakBytes), 'MiB', 1),
    figure('dispatcher, hostile: memory at most', mib(hostile.peakBytes), 'MiB', 1),
    figure('dispatcher, hostile: more memory', mib(hostile.peakBytes - before.peakBytes), 'MiB', 1, GROWTH_WANTED_MIB),
    figure('attempts at hostile receivers', hostile.attempts, ''),
    figure('dispatcher: CPU of an attempt at one', (hostile.cpuMs - quietCpuMs) / hostile.attempts, 'ms', 2),
  ];
}

/**
 * Accepted → received of 20 endpoints that are well while another tenant's deliveries go to every hostile receiver of the
 * tests' catalogue, against the phases before and after without them. A warm-up with all of them comes first.
 */
export async function hostileReceivers(options: BenchOptions, stack: StackUnderTest): Promise<FiguresResult> {
  const bench = await openBench(options, stack, { integrations: WELL, streams: options.streams });
  const hostile = await openHostile(options, stack);
  const seconds = Math.max(options.seconds, Math.ceil(SAMPLES_MIN / options.rate));
  try {
    await phase(bench, stack, options.warmUpSeconds, null);
    await phase(bench, stack, options.warmUpSeconds, hostile);
    const before = await phase(bench, stack, seconds, null);
    const loud = await phase(bench, stack, seconds, hostile);
    const after = await phase(bench, stack, seconds, null);
    return {
      scenario: 'hostile-receivers',
      title: `${options.rate} events/s to ${WELL} endpoints that are well; ${HOSTILE_RATE}/s to ${hostile.count} hostile receivers; phases of ${seconds} s`,
      figures: figuresOf(before, loud, after),
    };
  } finally {
    hostile.end();
    await bench.end();
  }
}
