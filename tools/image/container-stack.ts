import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isReady } from '../stack/is-ready.ts';
import { CONTAINED_PATH, type Container, containedCommand } from './contained.ts';

const LOOPBACK = '127.0.0.1';
const READY_TIMEOUT_MS = 150_000;
const READY_INTERVAL_MS = 250;
const OUTPUT_KEPT_CHARACTERS = 8_000;
export const CONTAINED_SERVICES = ['config', 'event-ingest', 'dispatcher', 'audit', 'gateway'] as const;
type ServiceName = (typeof CONTAINED_SERVICES)[number];

/** How docker-compose.yml starts each service. */
export function composeCommands(repository: string): Record<string, string[]> {
  const text = readFileSync(join(repository, 'docker-compose.yml'), 'utf8');
  const { services } = parse(text, { merge: true }) as { services: Record<string, { command?: string[] }> };
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, { command }]) => (command ? [[name, command]] : [])),
  );
}

export interface ContainedProcess {
  name: string;
  child: ChildProcess;
  /** The end of what it printed. */
  output(): string;
  ended: Promise<number | null>;
}

export function startContained(
  name: string,
  container: Container,
  command: readonly string[],
  environment: Record<string, string>,
): ContainedProcess {
  const [program = '', ...args] = containedCommand(container, command);
  const child = spawn(program, args, {
    cwd: '/',
    env: { ...environment, PATH: CONTAINED_PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_KEPT_CHARACTERS);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { name, child, output: () => output, ended };
}

export interface ContainerStack {
  processes: ContainedProcess[];
  baseUrl: string;
  /** Asks each to end, and says what each exited with. */
  stop(): Promise<Record<string, number | null>>;
}

export interface StackOptions {
  container: Container;
  commands: Record<string, string[]>;
  environment: Record<string, string>;
  /** One for each service. */
  ports: readonly number[];
}

/** Prepares topics and tables, and runs all services and the gateway, each in a container of its own. */
export async function startContainerStack({
  container,
  commands,
  environment,
  ports,
}: StackOptions): Promise<ContainerStack> {
  const start = (name: string, own: Record<string, string>): ContainedProcess =>
    startContained(name, container, commands[name] ?? [], { ...environment, ...own });
  const prepare = start('prepare', {});
  if ((await prepare.ended) !== 0) throw new Error(`prepare failed:\n${prepare.output()}`);
  const urls = new Map(CONTAINED_SERVICES.map((name, index) => [name, `http://${LOOPBACK}:${ports[index]}`]));
  const url = (name: ServiceName): string => urls.get(name) ?? '';
  const upstreams = {
    CONFIG_URL: url('config'),
    EVENT_INGEST_URL: url('event-ingest'),
    DISPATCHER_URL: url('dispatcher'),
    AUDIT_URL: url('audit'),
  };
  const processes = CONTAINED_SERVICES.map((name, index) => start(name, { PORT: String(ports[index]), ...upstreams }));
  const stop = async (): Promise<Record<string, number | null>> => {
    for (const { child } of processes) child.kill('SIGTERM');
    return Object.fromEntries(await Promise.all(processes.map(async ({ name, ended }) => [name, await ended])));
  };
  try {
    await Promise.all(processes.map((one) => ready(one, url(one.name as ServiceName))));
  } catch (error) {
    await stop();
    throw error;
  }
  return { processes, baseUrl: url('gateway'), stop };
}

async function ready({ name, child, output }: ContainedProcess, url: string): Promise<void> {
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}:\n${output()}`);
    if (performance.now() > deadlineMs) throw new Error(`${name} is not ready:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, READY_INTERVAL_MS));
  }
}
