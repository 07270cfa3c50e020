import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from '../../tools/stack/build.ts';
import { isFree } from '../../tools/stack/free-ports.ts';
import type { RunFile } from '../../tools/stack/run-file.ts';

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const READY_TIMEOUT_MS = 300_000;
const POLL_MS = 50;
const STOP_TIMEOUT_MS = 40_000;
const PORTS_OF_A_STACK = 20;
const BASE_PORT_MIN = 21_000;
const BASE_PORT_MAX = 31_000;
const OUTPUT_KEPT_CHARACTERS = 4_000;

export interface StackUnderTest {
  run: RunFile;
  home: string;
  stop(): Promise<void>;
}

export async function freeBasePort(): Promise<number> {
  for (let base = BASE_PORT_MIN; base < BASE_PORT_MAX; base += PORTS_OF_A_STACK) {
    const ports = Array.from({ length: PORTS_OF_A_STACK }, (_, offset) => base + offset);
    if ((await Promise.all(ports.map((port) => isFree(port)))).every(Boolean)) return base;
  }
  throw new Error('no 20 free ports in a row were found');
}

/** Of what is measured. */
export function environmentOf(profile: string | null): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' };
  if (profile) environment.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${profile}`;
  return environment;
}

function settingsOf(home: string, port: number): NodeJS.ProcessEnv {
  return { HOOKSTILE_HOME: home, HOOKSTILE_PORT: String(port), HOOKSTILE_DEMO: '0', HOOKSTILE_MODE: 'services' };
}

/** Starts what `npm start` starts, without the demo, in a folder and on ports of its own. */
export async function startStackUnderTest(
  options: { keep: boolean; profile: string | null },
  settings: Readonly<Record<string, string>> = {},
): Promise<StackUnderTest> {
  // Before the profiler's options are set, which the build's programs do not take.
  await build();
  const home = mkdtempSync(join(tmpdir(), 'hookstile-bench-'));
  chmodSync(home, 0o755);
  const child = spawn(process.execPath, [join(REPOSITORY, 'tools/stack/start.ts')], {
    env: { ...environmentOf(options.profile), ...settingsOf(home, await freeBasePort()), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS);
    });
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const late = sleep(STOP_TIMEOUT_MS, 'late' as const, { ref: false });
    if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
    if (!options.keep) rmSync(home, { recursive: true, force: true });
  };
  const runFile = join(home, 'run.json');
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!existsSync(runFile)) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`The stack did not come up:\n${output.trim()}`);
    }
    await sleep(POLL_MS);
  }
  return { run: JSON.parse(readFileSync(runFile, 'utf8')) as RunFile, home, stop };
}
