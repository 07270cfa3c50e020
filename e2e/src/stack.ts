import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@hookstile/testing';

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const START_SCRIPT = join(REPOSITORY, 'tools/stack/start.ts');
const READY_TIMEOUT_MS = 150_000;
const STOP_TIMEOUT_MS = 60_000;
const PORTS_OF_A_STACK = 20;
/** Below the range from which the kernel takes the ports of outgoing connections. */
const BASE_PORT_MIN = 20_000;
const BASE_PORT_STEPS = 150;
/** Test files that run at the same time draw from ranges of their own: a port that was found free may be taken before it is used. */
const BASE_PORT_RANGES = 4;
const OUTPUT_KEPT_CHARACTERS = 20_000;
/** What the test runner says of itself is not meant for the stack. */
const NOT_PASSED_ON =
  /^(VITEST|NODE_ENV$|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$|npm_|HOOKSTILE_|KAFKA_BROKERS$|DATABASE_URL$)/;

/** The shape of `run.json` on the public surface. */
export interface RunFile {
  ready: true;
  baseUrl: string;
  adminKey: string;
  services: {
    config: { url: string; pid: number };
    'event-ingest': { url: string; pid: number };
    dispatcher: { url: string; pid: number }[];
    audit: { url: string; pid: number };
  };
  kafka: { brokers: string[]; pid: number | null };
  postgres: { url: string; pid: number | null };
}

export interface StackOptions {
  /** A folder from an earlier start goes on with its data; by default a temporary one. */
  home?: string;
  /** The base port; by default 20 ports that are free. */
  port?: number;
  /** Over a quiet default: no demo. */
  env?: Record<string, string>;
  /** `npm start` as a user types it, instead of the script behind it. */
  byNpm?: boolean;
}

export interface Stack {
  run: RunFile;
  home: string;
  port: number;
  /** The process of the start itself, or npm's. */
  process: ChildProcess;
  /** `run.json` as it is now; pids change when a service was started again. */
  current(): RunFile;
  /** What it has printed, the end of it. */
  output(): string;
  /** SIGINT, as Ctrl-C; resolves with the exit code once everything has ended. */
  stop(): Promise<number | null>;
  /** SIGKILL to the start alone, as a crash; resolves when that process has ended. */
  kill(): Promise<void>;
}

/** Starts a whole stack as processes and resolves when `run.json` says that it is ready. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const home = options.home ?? temporaryHome();
  const port = options.port ?? (await freeBasePort());
  const child = launch(options, {
    HOOKSTILE_HOME: home,
    HOOKSTILE_PORT: String(port),
    HOOKSTILE_DEMO: '0',
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const runPath = join(home, 'run.json');
  const current = (): RunFile => JSON.parse(readFileSync(runPath, 'utf8')) as RunFile;
  // A killed start leaves its run.json; the one that counts has this stack's live processes and comes after it.
  const isReady = (): boolean => output.includes('Ready after') && existsSync(runPath);
  await until(() => (isReady() || child.exitCode !== null ? true : null), {
    what: 'the stack to be ready',
    timeoutMs: READY_TIMEOUT_MS,
  }).catch((error: unknown) => {
    child.kill('SIGTERM');
    throw new Error(`${String(error)}\n${output}`);
  });
  if (!isReady()) throw new Error(`the stack ended with code ${child.exitCode}:\n${output}`);

  return {
    run: current(),
    home,
    port,
    process: child,
    current,
    output: () => output,
    stop: async () => {
      // A terminal's Ctrl-C reaches the whole foreground group: npm, its shell and what they started.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const code = await ended;
      clearTimeout(killer);
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function launch(options: StackOptions, own: Record<string, string>): ChildProcess {
  const kept = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name));
  const env = { ...Object.fromEntries(kept), ...own, ...options.env };
  const [command, args] = options.byNpm ? ['npm', ['start']] : [process.execPath, [START_SCRIPT]];
  // A group of its own, so that a signal reaches what a test means and not the test runner.
  return spawn(command as string, args as string[], {
    cwd: REPOSITORY,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'hookstile-e2e-'));
  // Postgres' user may pass when the tests run as root.
  chmodSync(home, 0o755);
  // It goes with the test run's folder for temporary files: after a stop a test may start again on the same data.
  return home;
}

/** Twenty ports in a row that nobody listens on. */
export async function freeBasePort(): Promise<number> {
  const range = Number(process.env.VITEST_POOL_ID ?? 0) % BASE_PORT_RANGES;
  const first = Math.floor(Math.random() * BASE_PORT_STEPS);
  for (let step = 0; step < BASE_PORT_STEPS; step += 1) {
    const place = range * BASE_PORT_STEPS + ((first + step) % BASE_PORT_STEPS);
    const base = BASE_PORT_MIN + place * PORTS_OF_A_STACK;
    if ((await busyPorts(base)).length === 0) return base;
  }
  throw new Error('no twenty free ports in a row');
}

/** Which of a stack's ports somebody listens on. */
export async function busyPorts(base: number): Promise<number[]> {
  const ports = Array.from({ length: PORTS_OF_A_STACK }, (_, index) => base + index);
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => free[index] === false);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
