import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../stack/build.ts';
import type { RunFile } from '../stack/run-file.ts';
import { REPOSITORY, stackSettings } from '../stack/settings.ts';
import { messageOf } from '../stack/stack-problem.error.ts';

/** What builds a service's stored state again; each takes the environment of its service. */
const REBUILDS: Readonly<Record<string, string>> = {
  config: 'apps/config/dist/rebuild/main.js',
  audit: 'apps/audit/dist/rebuild/main.js',
};

const FAILED = 2;
const USAGE = `npm run rebuild -- <service> [--repair]
  config    read models and the topic configuration, from the domain events
  audit     its views and statistics, from all topics that they follow from
Compares with what is there, beside running services, and tells what differs; with --repair it is put right.
Against DATABASE_URL and KAFKA_BROKERS, or else the stack that runs in HOOKSTILE_HOME.
Ends with 0 where all is identical (in the end), 1 where something differs, 2 where it could not be found out.`;

/** Where the stack that `npm start` runs has its database and its broker. */
function runningStack(): Partial<Record<'DATABASE_URL' | 'KAFKA_BROKERS', string>> {
  const path = join(stackSettings(process.env).home, 'run.json');
  if (!existsSync(path)) return {};
  const { postgres, kafka } = JSON.parse(readFileSync(path, 'utf8')) as RunFile;
  return { DATABASE_URL: postgres.url, KAFKA_BROKERS: kafka.brokers.join() };
}

function run(entry: string, options: string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(REPOSITORY, entry), ...options], {
      stdio: 'inherit',
      env: environment,
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? FAILED));
  });
}

async function main([name = '', ...options]: string[]): Promise<number> {
  const entry = Object.hasOwn(REBUILDS, name) ? REBUILDS[name] : undefined;
  if (entry === undefined || options.some((option) => option !== '--repair')) {
    process.stderr.write(`${USAGE}\n`);
    return FAILED;
  }
  const environment = { ...runningStack(), ...process.env };
  if (!environment.DATABASE_URL || !environment.KAFKA_BROKERS) {
    process.stderr.write(`No stack runs in ${stackSettings(process.env).home}: give DATABASE_URL and KAFKA_BROKERS.\n`);
    return FAILED;
  }
  await build();
  return await run(entry, options, environment);
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return FAILED;
  }),
);
