import type { BaseEnv } from './env/base.env.js';
import type { RunningService, ServiceDefinition } from './service.js';
import { startService } from './start-service.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 15_000;

/** A boot error as one line: no stack, no credentials of URLs, no line breaks. */
export function bootErrorLine(service: string, error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const masked = message.replaceAll(/:\/\/[^@\s/]*@/g, '://***@').replaceAll(/\s*\n\s*/g, '; ');
  return `${service} cannot start: ${masked}`;
}

function shutdownTimeoutMs(environment: NodeJS.ProcessEnv): number {
  const given = Number(environment.HOOKSTILE_SHUTDOWN_TIMEOUT_MS);
  return given > 0 ? given : DEFAULT_SHUTDOWN_TIMEOUT_MS;
}

/** Runs a service until SIGTERM or SIGINT, also one that comes while it boots; then stops it in order and exits 0. */
export async function runService<E extends BaseEnv>(definition: ServiceDefinition<E>): Promise<void> {
  const { promise: signalled, resolve: onSignal } = Promise.withResolvers<void>();
  for (const signal of SIGNALS) process.on(signal, () => onSignal());
  let running: RunningService;
  try {
    running = await startService(definition);
  } catch (error) {
    process.stderr.write(`${bootErrorLine(definition.name, error)}\n`);
    process.exit(1);
  }
  await signalled;
  const overdue = setTimeout(() => {
    process.stderr.write(`${definition.name} did not stop in time\n`);
    process.exit(1);
  }, shutdownTimeoutMs(process.env));
  await running.stop();
  clearTimeout(overdue);
  process.exit(0);
}
