import { runCommand } from './processes/run-command.ts';
import { whileAlone } from './processes/while-alone.ts';
import { REPOSITORY } from './settings.ts';
import { isBuilt, rememberBuild, sourcesStamp } from './sources-stamp.ts';
import { StackProblem } from './stack-problem.error.ts';

/** What has to be there after a build. */
export const BUILD_OUTPUTS = [
  'apps/config/dist/main.js',
  'apps/event-ingest/dist/main.js',
  'apps/dispatcher/dist/main.js',
  'apps/audit/dist/main.js',
  'apps/all-in-one/dist/main.js',
  'apps/all-in-one/dist/prepare.js',
];

export function needsBuild(): boolean {
  return !isBuilt(REPOSITORY, sourcesStamp(REPOSITORY), BUILD_OUTPUTS);
}

/** Compiles the apps and libs unless what is there is of these very sources. */
export async function build(signal?: AbortSignal): Promise<void> {
  await inTurn(async () => {
    if (needsBuild()) await compile(['--projects=apps/*,libs/*'], signal);
  }, signal);
}

/** Compiles every project, also the tests' and the measurements'; nx skips what has not changed. */
export async function buildAll(signal?: AbortSignal): Promise<void> {
  await inTurn(() => compile([], signal), signal);
}

/** Two starts of one clone take turns. */
function inTurn(work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return whileAlone('build', REPOSITORY, work, signal);
}

async function compile(args: readonly string[], signal: AbortSignal | undefined): Promise<void> {
  // Taken before: a source that changes meanwhile is built again next time.
  const stamp = sourcesStamp(REPOSITORY);
  const result = await runCommand('npm', ['run', '--silent', 'build', '--', ...args], {
    cwd: REPOSITORY,
    env: buildEnvironment(process.env),
    signal,
  });
  if (result.code !== 0) throw new StackProblem(`The build failed:\n${result.output.trim()}`);
  rememberBuild(REPOSITORY, stamp);
}

/** No daemon stays behind, nothing asks or reports. */
export function buildEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NX_INTERACTIVE: 'false' };
}
