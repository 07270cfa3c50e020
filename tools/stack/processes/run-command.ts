import { spawn } from 'node:child_process';

const OUTPUT_KEPT_CHARACTERS = 4_000;

export interface CommandResult {
  code: number | null;
  /** The end of what it wrote, both streams. */
  output: string;
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** Ends the command and all its children. */
  signal?: AbortSignal | undefined;
}

/** Runs a command to its end in a process group of its own, so that aborting ends its children too. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { signal, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, { ...spawnOptions, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS);
    };
    const abort = (): void => {
      if (child.pid !== undefined) endGroup(child.pid);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    signal?.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    });
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, output });
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
