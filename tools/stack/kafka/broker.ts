import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses } from '../processes/end-processes.ts';
import type { OwnedProcesses } from '../processes/owned-processes.ts';
import { runCommand } from '../processes/run-command.ts';
import { type OwnedChild, spawnOwned, tailOf } from '../processes/spawn-owned.ts';
import { messageOf, StackProblem } from '../stack-problem.error.ts';
import { BROKER_JVM_OPTIONS, brokerProperties, formatArguments } from './broker-settings.ts';
import { classArchive } from './class-archive.ts';
import { findJava } from './java.ts';
import { kafkaJars } from './kafka-jars.ts';
import { liveBrokers } from './metadata-request.ts';

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;
const PROBE_TIMEOUT_MS = 2_000;
const STOP_GRACE_MS = 20_000;
/** The JVM's exit code after it ran its shutdown hooks for a SIGTERM. */
const ENDED_BY_SIGTERM = 'code 143';

export interface BrokerOptions {
  /** Holds the data, the settings and the log. */
  directory: string;
  logFile: string;
  port: number;
  controllerPort: number;
  /** Where clients are told to go instead of `port`: a proxy before the broker. */
  advertisedPort?: number;
  /** Settings besides ours, and in their place. */
  further?: Readonly<Record<string, string>>;
  /** What else its data folder is laid out with, such as users. */
  formatWith?: readonly string[];
  owned: OwnedProcesses;
  signal?: AbortSignal;
}

export interface Broker extends OwnedChild {
  brokers: string[];
}

/** Starts the one-node broker on its data and resolves when it takes requests. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const java = findJava();
  const jars = await kafkaJars(options.signal);
  const classPath = ['-cp', join(jars, '*')];
  mkdirSync(options.directory, { recursive: true });
  const dataDirectory = join(options.directory, 'data');
  if (!existsSync(dataDirectory)) await formatStorage(java.command, classPath, options);
  const properties = writeProperties(options, dataDirectory, 'server.properties');
  const archive = classArchive(jars, java.version);
  const child = await spawnOwned(options.owned, {
    name: 'kafka',
    stage: 'backing',
    stopSignal: 'SIGTERM',
    graceMs: STOP_GRACE_MS,
    command: java.command,
    args: [...BROKER_JVM_OPTIONS, ...archive.options, ...classPath, 'kafka.Kafka', properties],
    env: process.env,
    cwd: options.directory,
    logFile: options.logFile,
  });
  void child.ended.then((reason) => archive.brokerEnded(reason === ENDED_BY_SIGTERM));
  try {
    await untilReady(child, options);
  } catch (error) {
    // One that did not come up must not stay in the way of the next attempt.
    await endProcesses(options.owned.list().filter(({ pid }) => pid === child.pid));
    throw error;
  }
  return { ...child, brokers: [`127.0.0.1:${options.port}`] };
}

/** Formats beside the final place and renames: a data folder that exists is a whole one. */
async function formatStorage(java: string, classPath: readonly string[], options: BrokerOptions): Promise<void> {
  const temporary = join(options.directory, 'data.new');
  rmSync(temporary, { recursive: true, force: true });
  const properties = writeProperties(options, temporary, 'format.properties');
  const clusterId = randomBytes(16).toString('base64url');
  const args = ['-Xmx64m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...classPath, 'kafka.tools.StorageTool'];
  const result = await runCommand(
    java,
    [...args, ...formatArguments(clusterId, properties), ...(options.formatWith ?? [])],
    {
      cwd: options.directory,
      signal: options.signal,
    },
  );
  if (result.code !== 0) throw new StackProblem(`Kafka could not lay out its data folder: ${result.output.trim()}`);
  rmSync(properties, { force: true });
  renameSync(temporary, join(options.directory, 'data'));
}

/** Written at every start: the ports may have changed since the last one. */
function writeProperties(options: BrokerOptions, dataDirectory: string, name: string): string {
  const path = join(options.directory, name);
  writeFileSync(path, brokerProperties({ ...options, dataDirectory }));
  return path;
}

async function untilReady(child: OwnedChild, options: BrokerOptions): Promise<void> {
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
        `The Kafka broker ended (${ended}) while starting; ${options.logFile} says:\n${tailOf(options.logFile)}`,
      );
    }
    try {
      if ((await liveBrokers('127.0.0.1', options.port, PROBE_TIMEOUT_MS)) > 0) return;
      last = 'it is not active yet';
    } catch (error) {
      last = messageOf(error);
    }
    await sleep(READY_POLL_MS);
  }
  throw new StackProblem(
    `The Kafka broker was not ready after ${READY_TIMEOUT_MS / 1000} s (${last}); see ${options.logFile}`,
  );
}
