import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BackingServices, startBackingServices } from '../stack/backing-services.ts';
import { buildAll } from '../stack/build.ts';
import { forebearsUpToNpm } from '../stack/processes/process-identity.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { messageOf } from '../stack/stack-problem.error.ts';
import { StopRequest } from '../stack/stop-request.ts';
import { Terminal } from '../stack/terminal.ts';
import { runProgram } from './run-program.ts';
import { lineOf, NOTHING, plus, type Tally, tallyOfLine, tallyOfVitest } from './tally.ts';

/** `npm test`: build, checks, unit, integration and e2e tests, fuzzing; the last line is `N passed, N failed`. */
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs');
const CHECK = join(REPOSITORY, 'tools/check/run.ts');
const FUZZ = join(REPOSITORY, 'e2e/src/fuzz/run.ts');
/** The same requests each time, as far as the answers are the same; a machine without Python leaves it out and says so. */
const FUZZ_OPTIONS = ['--minutes', '3', '--seed', '1', '--optional'];
/** Each runner's projects of vitest.config.ts. */
const RUNNERS = { unit: ['unit', 'unit-apart'], integration: ['integration'], e2e: ['e2e'] };
/** So that tests do not take over what the user's shell says of a running stack; where downloads are kept is none of that. */
const NOT_PASSED_ON = /^(HOOKSTILE_(?!CACHE$)|OTEL_|PORT$|METRICS_PORT$|DATABASE_SCHEMA$|NODE_ENV$|KAFKA_(TLS|SASL))/;

const terminal = new Terminal();
const stop = new StopRequest();

async function runAll(services: Promise<BackingServices>): Promise<Tally> {
  let total = await counted('Building', () => buildAll(stop.stopping));
  if (total.failed > 0) return total;
  if (existsSync(CHECK)) total = plus(total, await script(CHECK));
  for (const [runner, projects] of Object.entries(RUNNERS)) {
    const environment = runner === 'unit' ? {} : (await services).environment;
    terminal.line(`\nTests: ${runner}`);
    total = plus(total, await vitest(projects, environment));
  }
  terminal.line('\nFuzzing');
  return plus(total, await script(FUZZ, ...FUZZ_OPTIONS));
}

/** A step of our own, counted as one test. */
async function counted(name: string, work: () => Promise<unknown>): Promise<Tally> {
  try {
    await terminal.task(name, work);
    return { ...NOTHING, passed: 1 };
  } catch (error) {
    stop.stopping.throwIfAborted();
    terminal.line(messageOf(error));
    return { ...NOTHING, failed: 1, failures: [`${name}\n${messageOf(error)}`] };
  }
}

/** One of our own that ends on `N passed, N failed`. */
async function script(path: string, ...args: readonly string[]): Promise<Tally> {
  const { code, output } = await run(process.execPath, [path, ...args], {});
  return tallyOfLine(output, code);
}

async function vitest(projects: readonly string[], environment: Record<string, string>): Promise<Tally> {
  const directory = mkdtempSync(join(tmpdir(), 'hookstile-report-'));
  const report = join(directory, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const chosen = projects.map((project) => `--project=${project}`);
    const { code } = await run(process.execPath, [VITEST, 'run', ...chosen, ...reporters], environment);
    return tallyOfVitest(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function run(command: string, args: readonly string[], environment: Record<string, string>) {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name));
  const result = await runProgram(command, args, {
    cwd: REPOSITORY,
    env: { ...Object.fromEntries(kept), ...environment },
    signal: stop.stopping,
  });
  stop.stopping.throwIfAborted();
  return result;
}

async function main(): Promise<number> {
  stop.listen();
  stop.watch(forebearsUpToNpm(process.pid, process.env.npm_lifecycle_event !== undefined));
  const services = startBackingServices(process.env, stop.stopping);
  services.catch(() => {});
  let total = NOTHING;
  try {
    total = await runAll(services);
  } catch (error) {
    if (!stop.stopping.aborted) terminal.line(messageOf(error));
    total = plus(total, { ...NOTHING, failed: 1, failures: [messageOf(error)] });
  } finally {
    await services.then((running) => running.stop()).catch(() => {});
  }
  if (stop.stopping.aborted) terminal.line('Interrupted.');
  // Told again at the end: thousands of lines above it may be cut off where somebody reads this.
  for (const failure of total.failures) terminal.line(`\nFailed: ${failure}`);
  terminal.line(lineOf(total));
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exit(await main());
