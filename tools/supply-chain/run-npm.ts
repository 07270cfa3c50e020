import { spawn } from 'node:child_process';

/** The whole tree as CycloneDX is about a megabyte. */
const OUTPUT_MAX_BYTES = 32 * 1024 * 1024;

export interface NpmResult {
  /** Null where it was ended from outside, or said too much. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface NpmOptions {
  cwd: string;
  timeoutMs: number;
  /** Instead of the environment of this process. */
  env?: NodeJS.ProcessEnv;
}

/** Under `npm run` the npm that runs this; else the one on the PATH. */
function npmCommand(env: NodeJS.ProcessEnv): [command: string, ...args: string[]] {
  return env.npm_execpath?.endsWith('.js') ? [process.execPath, env.npm_execpath] : ['npm'];
}

/** Runs npm and keeps what it prints, whatever it exits with; rejects only where it cannot be started. */
export function runNpm(args: readonly string[], { cwd, timeoutMs, env = process.env }: NpmOptions): Promise<NpmResult> {
  const [command, ...before] = npmCommand(env);
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...before, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        if (output[stream].length > OUTPUT_MAX_BYTES) child.kill('SIGKILL');
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}
