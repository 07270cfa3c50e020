import { spawn } from 'node:child_process';

const OUTPUT_KEPT_CHARACTERS = 2_000;
const GRACE_MS = 10_000;

export interface ProgramResult {
  code: number | null;
  /** The end of what it printed; all of it was passed on to the terminal. */
  output: string;
}

/** Runs a program in a process group of its own, showing its output; aborting ends the whole group. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let killer: NodeJS.Timeout | undefined;
    const show = (chunk: Buffer): void => {
      process.stdout.write(chunk);
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS);
    };
    const abort = (): void => {
      signalGroup(child.pid, 'SIGTERM');
      killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    };
    child.stdout.on('data', show);
    child.stderr.on('data', show);
    options.signal.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      options.signal.removeEventListener('abort', abort);
      clearTimeout(killer);
      // Workers that outlived their runner.
      signalGroup(child.pid, 'SIGKILL');
      resolve({ code, output });
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}
