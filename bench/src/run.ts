import { cpus } from 'node:os';
import { Child } from './child.ts';
import { EventLog } from './measure/event-log.ts';
import { partsOf } from './measure/usage-of-parts.ts';
import { type BenchOptions, benchOptions, type ScenarioName, UsageError } from './options.ts';
import type { ReceiveReport } from './receive/receive.types.ts';
import { textReport } from './report/text-report.ts';
import type { Load, Receiver, Wire } from './run-load.ts';
import { type Bench, fanOut, idle, latency, type ScenarioResult, throughput } from './scenarios/scenarios.ts';
import { type StackUnderTest, startStackUnderTest } from './stack-under-test.ts';
import { createTenant } from './tenant.ts';

const RUN: Record<ScenarioName, (bench: Bench) => Promise<ScenarioResult>> = {
  idle,
  latency,
  throughput,
  'fan-out': fanOut,
};

function say(options: BenchOptions, text: string): void {
  (options.json ? process.stderr : process.stdout).write(`${text}\n`);
}

/** Connects load generator and receiver to the stack; both in processes of their own. */
async function benchOf(options: BenchOptions, stack: StackUnderTest): Promise<Bench & { end(): void }> {
  const { integrations, streams, dataBytes } = options;
  const load: Load = new Child('./load/load-process.ts');
  const receiver: Receiver = new Child('./receive/receive-process.ts', (report: ReceiveReport) => {
    if (report.kind !== 'progress') return;
    wire.delivered = report.count;
    load.tell({ kind: 'delivered', count: report.count });
  });
  const wire: Wire = { load, receiver, delivered: 0, nextRun: 1 };
  const { port } = await receiver.ask({ kind: 'configure', integrations, streams }, 'listening');
  const key = await createTenant(stack.run, integrations, port);
  const frontDoor = new URL(stack.run.services['event-ingest'].url);
  const target = { host: frontDoor.hostname, port: Number(frontDoor.port), key };
  await load.ask({ kind: 'configure', settings: { ...target, integrations, streams, dataBytes } }, 'configured');
  const parts = partsOf(stack.run);
  const own = [
    { name: 'load generator', pid: load.pid },
    { name: 'receiver', pid: receiver.pid },
  ];
  const eventLog = await EventLog.open(stack.run.postgres.url);
  const end = (): void => {
    load.end();
    receiver.end();
  };
  return { options, wire, stack: parts, all: [...parts, ...own], eventLog, end };
}

async function measure(options: BenchOptions, stack: StackUnderTest): Promise<ScenarioResult[]> {
  const bench = await benchOf(options, stack);
  const results: ScenarioResult[] = [];
  try {
    for (const scenario of options.scenarios) {
      const result = await RUN[scenario](bench);
      results.push(result);
      say(options, textReport(result));
    }
  } finally {
    bench.end();
    await bench.eventLog.close();
  }
  return results;
}

async function main(): Promise<number> {
  let stack: StackUnderTest | null = null;
  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopped ??= stack?.stop() ?? Promise.resolve();
    return stopped;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void stop().then(() => process.exit(130)));
  try {
    const options = benchOptions(process.argv.slice(2));
    say(options, 'Starting a stack of its own for the measurement…');
    stack = await startStackUnderTest(options);
    if (options.keep) say(options, `Its folder: ${stack.home}`);
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
    say(options, `${machine}; ${options.integrations} integrations, ${options.streams} streams each\n`);
    const results = await measure(options, stack);
    if (options.json) process.stdout.write(`${JSON.stringify({ machine, options, results }, null, 2)}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? (error instanceof UsageError ? error.message : error.stack) : error}\n`,
    );
    return error instanceof UsageError ? 2 : 1;
  } finally {
    await stop();
  }
}

process.exit(await main());
