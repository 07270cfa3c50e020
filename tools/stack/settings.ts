import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StackProblem } from './stack-problem.error.ts';

export const REPOSITORY = dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url)))));

const DEFAULT_PORT = 4000;
export const PORTS_OF_A_STACK = 20;
const PORT_MAX = 65_535;
const DISPATCHERS_MAX = 6;
const DEFAULT_SHUTDOWN_TIMEOUT_MS = 15_000;

export type Mode = 'services' | 'all-in-one';

export interface StackSettings {
  home: string;
  port: number;
  mode: Mode;
  dispatchers: number;
  demo: boolean;
  /** Brokers given from outside; null = start one. */
  kafkaBrokers: string[] | null;
  /** A database given from outside; null = start one. */
  databaseUrl: string | null;
  shutdownTimeoutMs: number;
}

/** Reads what `npm start` understands; each wrong value is one clear line. */
export function stackSettings(environment: NodeJS.ProcessEnv): StackSettings {
  const mode = environment.HOOKSTILE_MODE || 'services';
  if (mode !== 'services' && mode !== 'all-in-one') {
    throw new StackProblem(`HOOKSTILE_MODE is "services" or "all-in-one", not "${mode}".`);
  }
  return {
    home: resolve(REPOSITORY, environment.HOOKSTILE_HOME || '.hookstile'),
    port: wholeNumber(environment, 'HOOKSTILE_PORT', DEFAULT_PORT, 1, PORT_MAX - PORTS_OF_A_STACK + 1),
    mode,
    dispatchers: wholeNumber(environment, 'HOOKSTILE_DISPATCHERS', 1, 1, mode === 'services' ? DISPATCHERS_MAX : 1),
    demo: environment.HOOKSTILE_DEMO !== '0',
    kafkaBrokers: environment.KAFKA_BROKERS
      ? environment.KAFKA_BROKERS.split(',').map((broker) => broker.trim())
      : null,
    databaseUrl: environment.DATABASE_URL || null,
    shutdownTimeoutMs: wholeNumber(
      environment,
      'HOOKSTILE_SHUTDOWN_TIMEOUT_MS',
      DEFAULT_SHUTDOWN_TIMEOUT_MS,
      100,
      600_000,
    ),
  };
}

function wholeNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  byDefault: number,
  min: number,
  max: number,
): number {
  const text = environment[name];
  if (text === undefined || text === '') return byDefault;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new StackProblem(`${name} is a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}
