import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../stack/build.ts';
import type { Keys } from '../stack/home.ts';
import type { RunFile } from '../stack/run-file.ts';
import { REPOSITORY, stackSettings } from '../stack/settings.ts';
import { messageOf } from '../stack/stack-problem.error.ts';

const PROGRAM = 'apps/config/dist/rotate-keys/main.js';
const FAILED = 2;
const USAGE = `npm run rotate-keys
Wraps every tenant's key under the first key of HOOKSTILE_ENCRYPTION_KEYS, beside running services; it can be ended and
run again at any moment. Against DATABASE_URL and KAFKA_BROKERS, or else the stack that runs in HOOKSTILE_HOME, with the ring of its keys.json.
Ends with 0 where the older keys may leave the ring, 1 where something needs one of them, 2 where that was not found out.`;

/** The servers and the ring of the stack that `npm start` runs. */
function runningStack(): NodeJS.ProcessEnv {
  const { home } = stackSettings(process.env);
  const [run, keys] = [join(home, 'run.json'), join(home, 'keys.json')];
  if (!existsSync(run) || !existsSync(keys)) return {};
  const { postgres, kafka } = JSON.parse(readFileSync(run, 'utf8')) as RunFile;
  const { encryptionKeys } = JSON.parse(readFileSync(keys, 'utf8')) as Keys;
  const KAFKA_BROKERS = kafka.brokers.join();
  return { DATABASE_URL: postgres.url, KAFKA_BROKERS, HOOKSTILE_ENCRYPTION_KEYS: encryptionKeys };
}

function run(environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(REPOSITORY, PROGRAM)], { stdio: 'inherit', env: environment });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? FAILED));
  });
}

async function main(options: string[]): Promise<number> {
  const environment = process.env.DATABASE_URL ? process.env : { ...runningStack(), ...process.env };
  if (options.length > 0) process.stderr.write(`${USAGE}\n`);
  else if (!environment.DATABASE_URL || !environment.HOOKSTILE_ENCRYPTION_KEYS) {
    const { home } = stackSettings(process.env);
    process.stderr.write(`No stack runs in ${home}: give DATABASE_URL and HOOKSTILE_ENCRYPTION_KEYS.\n`);
  } else {
    await build();
    return await run(environment);
  }
  return FAILED;
}

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    return FAILED;
  }),
);
