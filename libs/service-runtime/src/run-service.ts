import type { BaseEnv } from './env/base.env.js';
import { reasonOf } from './mask.js';
import type { RunningService, ServiceDefinition } from './service.js';
import { startService } from './start-service.js';
import { flushTelemetry } from './telemetry/flush.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const SHUTDOWN_TIMEOUT_DEFAULT_MS = 15_000;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function shutdownTimeoutMs(environment: NodeJS.ProcessEnv): number {
  const given = Number(environment.HOOKSTILE_SHUTDOWN_TIMEOUT_MS);
  return given > 0 ? given : SHUTDOWN_TIMEOUT_DEFAULT_MS;
}

/** Resolves at the first SIGTERM or SIGINT; from then on the process ends within the timeout, whatever hangs. */
function firstSignal(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let seen = false;
  const onSignal = () => {
    if (seen) return;
    seen = true;
    const timeoutMs = shutdownTimeoutMs(process.env);
    const overdue = () => {
      say(`${name} did not stop within ${timeoutMs} ms`);
      process.exit(1);
    };
    setTimeout(overdue, timeoutMs).unref();
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return promise;
}

/** A fault nobody handles leaves unknown state behind: one masked line, and the supervisor starts anew. */
function endOnFault(name: string): void {
  process.on('uncaughtException', (error) => {
    say(
      `${name} failed: ${reasonOf(error)} ${error instanceof Error ? (error.stack?.split('\n')[1] ?? '').trim() : ''}`,
    );
    process.exit(1);
  });
}

/**
 * Runs services until SIGTERM or SIGINT, also one that comes while they boot; then stops them in reverse order and
 * exits 0. A boot error is one line without secrets, and exit code 1.
 */
export async function runServices(name: string, start: () => Promise<RunningService>[]): Promise<void> {
  endOnFault(name);
  const signalled = firstSignal(name);
  const started = await Promise.allSettled(start());
  const running = started.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  const failed = started.find((one) => one.status === 'rejected');
  if (failed) say(`${name} cannot start: ${reasonOf(failed.reason)}`);
  else await signalled;
  for (const service of running.reverse()) await service.stop();
  await flushTelemetry();
  process.exit(failed ? 1 : 0);
}

/** `runServices` of one. */
export function runService<E extends BaseEnv>(definition: ServiceDefinition<E>): Promise<void> {
  return runServices(definition.name, () => [startService(definition)]);
}
