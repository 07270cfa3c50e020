import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { endProcesses } from '../processes/end-processes.ts';
import type { OwnedProcesses } from '../processes/owned-processes.ts';
import { runCommand } from '../processes/run-command.ts';
import { type OwnedChild, spawnOwned, tailOf } from '../processes/spawn-owned.ts';
import { messageOf, StackProblem } from '../stack-problem.error.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { INITDB_ARGUMENTS, postgresArguments } from './postgres-settings.ts';
import { type RunAs, runAsFor } from './unprivileged.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const CONNECT_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 20_000;
const DATABASE = 'hookstile';
const USER = 'hookstile';

export interface PostgresOptions {
  /** An existing folder that gets the data folder `data`. */
  directory: string;
  logFile: string;
  port: number;
  password: string;
  owned: OwnedProcesses;
  signal?: AbortSignal;
}

export interface Postgres extends OwnedChild {
  url: string;
}

/** Starts the embedded Postgres on its data, making both when they are not there, and resolves when it answers. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const binaries = postgresBinaries();
  mkdirSync(options.directory, { recursive: true });
  const dataDirectory = join(options.directory, 'data');
  const runAs = runAsFor([dataDirectory]);
  if (!existsSync(dataDirectory)) await initialise(binaries, runAs, options);
  assertSameMajor(dataDirectory);
  const [command, ...args] = [...runAs.prefix, binaries.postgres, ...postgresArguments(dataDirectory, options.port)];
  const child = await spawnOwned(options.owned, {
    name: 'postgres',
    stage: 'backing',
    // SIGINT is Postgres' fast stop: it ends sessions instead of waiting for them.
    stopSignal: 'SIGINT',
    graceMs: STOP_GRACE_MS,
    command: command as string,
    args,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    cwd: '/',
    logFile: options.logFile,
    ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid as number }),
  });
  try {
    await untilReady(child, options);
  } catch (error) {
    // One that did not come up must not stay in the way of the next attempt.
    await endProcesses(options.owned.list().filter(({ pid }) => pid === child.pid));
    throw error;
  }
  return { ...child, url: databaseUrl(options, DATABASE) };
}

function databaseUrl(options: PostgresOptions, database: string): string {
  return `postgres://${USER}:${options.password}@127.0.0.1:${options.port}/${database}`;
}

/** Initialises beside the final place and renames: a data folder that exists is a whole one. */
async function initialise(binaries: PostgresBinaries, runAs: RunAs, options: PostgresOptions): Promise<void> {
  const temporary = join(options.directory, 'data.new');
  const passwordFile = join(options.directory, 'password.new');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (runAs.owner !== null) {
    for (const path of [temporary, passwordFile]) chownSync(path, runAs.owner.uid, runAs.owner.gid);
    // The way down to the data has to be open for its user when it has no rights besides.
    if (runAs.uid !== undefined) chmodSync(options.directory, 0o755);
  }
  try {
    const initdb = [...runAs.prefix, binaries.initdb, ...INITDB_ARGUMENTS, `--pwfile=${passwordFile}`, '-D', temporary];
    const [command, ...args] = initdb;
    const result = await runCommand(command as string, args, {
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      signal: options.signal,
      ...(runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid as number }),
    });
    if (result.code !== 0)
      throw new StackProblem(`Postgres could not lay out its data folder: ${result.output.trim()}`);
    renameSync(temporary, join(options.directory, 'data'));
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

const POSTGRES_MAJOR = '18';

function assertSameMajor(dataDirectory: string): void {
  const major = readFileSync(join(dataDirectory, 'PG_VERSION'), 'utf8').trim();
  if (major === POSTGRES_MAJOR) return;
  throw new StackProblem(
    `The data in ${dataDirectory} are of Postgres ${major}, and this version brings Postgres ${POSTGRES_MAJOR}. ` +
      'Move HOOKSTILE_HOME away to begin anew, or take the data over with pg_upgrade.',
  );
}

async function untilReady(child: OwnedChild, options: PostgresOptions): Promise<void> {
  let ended: string | null = null;
  void child.ended.then((reason) => {
    ended = reason;
  });
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (performance.now() < deadline) {
    options.signal?.throwIfAborted();
    if (ended !== null) {
      throw new StackProblem(
        `Postgres ended (${ended}) while starting; ${options.logFile} says:\n${tailOf(options.logFile)}`,
      );
    }
    try {
      return await createDatabase(options);
    } catch (error) {
      last = messageOf(error);
    }
    await sleep(READY_POLL_MS);
  }
  throw new StackProblem(`Postgres was not ready after ${READY_TIMEOUT_MS / 1000} s (${last}); see ${options.logFile}`);
}

/** Doubles as the probe: succeeds once Postgres takes connections and has our database. */
async function createDatabase(options: PostgresOptions): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl(options, 'postgres'),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}
