import { cpus } from 'node:os';
import { openBench } from './open-bench.ts';
import { type BenchOptions, benchOptions, LOAD_SCENARIOS, type ScenarioName, UsageError } from './options.ts';
import { type ScenarioResult, textReport } from './report/text-report.ts';
import { auditViews } from './scenarios/audit-views.ts';
import { configuration } from './scenarios/configuration.ts';
import { decisions } from './scenarios/decisions.ts';
import { dispatcherAlone } from './scenarios/dispatcher-alone.ts';
import { eventLog } from './scenarios/event-log.ts';
import { frontDoor } from './scenarios/front-door.ts';
import { hostileReceivers } from './scenarios/hostile-receivers.ts';
import { isolation } from './scenarios/isolation.ts';
import { fanOut, idle, latency, throughput } from './scenarios/load-scenarios.ts';
import { matching } from './scenarios/matching.ts';
import { noisyTenant } from './scenarios/noisy-tenant.ts';
import { parkedLanes } from './scenarios/parked-lanes.ts';
import { recovery } from './scenarios/recovery.ts';
import { slowConnections } from './scenarios/slow-connections.ts';
import { type StackUnderTest, startStackUnderTest } from './stack-under-test.ts';

type LoadScenarioName = (typeof LOAD_SCENARIOS)[number];

const LOAD = { idle, latency, throughput, 'fan-out': fanOut };
/** With all services running, each with integrations of its own. */
const WITH_ALL_SERVICES = { isolation, 'hostile-receivers': hostileReceivers, recovery };
/** With the services that they start themselves. */
const WITH_SOME_SERVICES = {
  'parked-lanes': parkedLanes,
  'dispatcher-alone': dispatcherAlone,
  decisions,
  configuration,
  matching,
  'event-log': eventLog,
  'front-door': frontDoor,
  'slow-connections': slowConnections,
  'noisy-tenant': noisyTenant,
  'audit-views': auditViews,
};

type Report = (result: ScenarioResult) => void;

function say(options: BenchOptions, text: string): void {
  (options.json ? process.stderr : process.stdout).write(`${text}\n`);
}

const isLoad = (name: ScenarioName): name is LoadScenarioName => name in LOAD;

async function runLoadScenarios(options: BenchOptions, stack: StackUnderTest, report: Report): Promise<void> {
  const scenarios = options.scenarios.filter(isLoad);
  if (scenarios.length === 0) return;
  const bench = await openBench(options, stack, options);
  try {
    for (const scenario of scenarios) report(await LOAD[scenario](bench));
  } finally {
    await bench.end();
  }
}

async function runOnWholeStack(options: BenchOptions, stack: StackUnderTest, report: Report): Promise<void> {
  await runLoadScenarios(options, stack, report);
  for (const scenario of options.scenarios) {
    if (scenario in WITH_ALL_SERVICES) {
      report(await WITH_ALL_SERVICES[scenario as keyof typeof WITH_ALL_SERVICES](options, stack));
    }
  }
}

async function runOnOwnStacks(options: BenchOptions, report: Report): Promise<void> {
  for (const scenario of options.scenarios) {
    if (scenario in WITH_SOME_SERVICES) {
      report(await WITH_SOME_SERVICES[scenario as keyof typeof WITH_SOME_SERVICES](options));
    }
  }
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
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`;
    say(options, `${machine}; ${options.integrations} integrations, ${options.streams} streams each\n`);
    const results: ScenarioResult[] = [];
    const report: Report = (result) => {
      results.push(result);
      say(options, textReport(result));
    };
    if (options.scenarios.some((name) => !(name in WITH_SOME_SERVICES))) {
      say(options, 'Starting a stack of its own for the measurement…');
      stack = await startStackUnderTest(options);
      if (options.keep) say(options, `Its folder: ${stack.home}`);
      await runOnWholeStack(options, stack, report);
      await stop();
    }
    await runOnOwnStacks(options, report);
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
