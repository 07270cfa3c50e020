import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../../tools/stack/build.ts';
import { stackSettings } from '../../../tools/stack/settings.ts';
import { runStack } from '../../../tools/stack/stack.ts';
import { messageOf, StackProblem } from '../../../tools/stack/stack-problem.error.ts';
import { StopRequest } from '../../../tools/stack/stop-request.ts';
import { Terminal } from '../../../tools/stack/terminal.ts';
import { type FuzzOptions, fuzzOptions, UsageError } from './options.ts';
import { FuzzerMissingError, fuzzPython } from './python-environment.ts';
import { sumOf, type Verdict } from './verdict.ts';

/** The stack is one of its own, whatever the shell says of another. */
const NOT_TAKEN_OVER = /^(HOOKSTILE_(?!CACHE$)|OTEL_|KAFKA_BROKERS$|DATABASE_|PORT$|METRICS_PORT$|NODE_ENV$)/;
/** Addresses and names that are made up are nobody's, or somebody's who has not asked for it: requests stay on this machine. */
const OUTSIDE = {
  HOOKSTILE_EGRESS_DENY:
    '0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,112.0.0.0/5,120.0.0.0/6,124.0.0.0/7,126.0.0.0/8,128.0.0.0/1,2000::/3',
  HOOKSTILE_EGRESS_DNS: '127.0.0.1:1',
};
const INTERRUPTED = 130;

const terminal = new Terminal();
const stop = new StopRequest();

/** `npm run fuzz`: schemathesis against a whole stack (docs/fuzzing.md). The last line is `N passed, N failed`. */
async function main(): Promise<number> {
  stop.listen();
  for (const name of Object.keys(process.env)) if (NOT_TAKEN_OVER.test(name)) delete process.env[name];
  Object.assign(process.env, OUTSIDE);
  let isOptional = false;
  try {
    const options = fuzzOptions(process.argv.slice(2));
    isOptional = options.optional;
    const python = await terminal.task('Python packages', () => fuzzPython(stop.stopping));
    const verdict = await fuzz(options, python);
    return tell(verdict);
  } catch (error) {
    if (stop.asked) {
      terminal.line('Interrupted.\n0 passed, 1 failed');
      return INTERRUPTED;
    }
    return refuse(error, isOptional);
  }
}

async function fuzz(options: FuzzOptions, python: string): Promise<Verdict> {
  // What follows imports the libraries, which a fresh clone has not built yet.
  await build(stop.stopping);
  const { freeBasePort } = await import('../stack.ts');
  const { runSuite } = await import('./suite.ts');
  const home = mkdtempSync(join(tmpdir(), 'hookstile-fuzz-'));
  // Postgres' user may pass when this runs as root.
  chmodSync(home, 0o755);
  const directory = join(home, 'reports');
  mkdirSync(directory);
  terminal.line(`Fuzzing for ${options.minutes} min with --seed ${options.seed}, in ${home}`);
  const verdicts: Verdict[] = [];
  try {
    const settings = stackSettings({
      HOOKSTILE_HOME: home,
      HOOKSTILE_PORT: String(await freeBasePort()),
      HOOKSTILE_DEMO: '0',
    });
    await runStack(settings, terminal, stop, async (stack) => {
      const say = (line: string) => terminal.line(line);
      const work = runSuite(stack, { python, options, directory, say });
      verdicts.push(await unlessStopped(work));
      stop.end('fuzzed');
    });
  } finally {
    if (!options.keep) rmSync(home, { recursive: true, force: true });
  }
  const [verdict] = verdicts;
  if (verdict === undefined) throw new StackProblem('The fuzzing came to no end.');
  return verdict;
}

/** The stack goes down, and what runs on it with it; its failures are none of the code's then. */
function unlessStopped<T>(work: Promise<T>): Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(stop.stopping.reason);
    if (stop.stopping.aborted) giveUp();
    else stop.stopping.addEventListener('abort', giveUp, { once: true });
  });
  stopped.catch(() => {});
  work.catch(() => {});
  return Promise.race([work, stopped]);
}

function tell(verdict: Verdict): number {
  const { passed, failed, failures } = verdict;
  for (const failure of failures) terminal.line(`FAILED ${failure}`);
  terminal.line(sumOf(verdict));
  terminal.line(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

function refuse(error: unknown, isOptional: boolean): number {
  if (error instanceof UsageError) {
    terminal.line(error.message);
    return 2;
  }
  terminal.line(error instanceof StackProblem ? error.message : String((error as Error).stack ?? messageOf(error)));
  // A machine without the fuzzer is not the code's fault; where CI runs, nothing may be left out in silence.
  const mayBeLeftOut = error instanceof FuzzerMissingError && isOptional && !process.env.CI;
  terminal.line(mayBeLeftOut ? 'The API was NOT fuzzed.\n0 passed, 0 failed' : '0 passed, 1 failed');
  return mayBeLeftOut ? 0 : 1;
}

process.exit(await main());
