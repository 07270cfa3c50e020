import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A shell of its own session that waits for this process' end of a pipe to close: however this process dies (crash,
 * SIGKILL), the shell then becomes `reap.ts`, which ends what is recorded. Waiting costs a megabyte and no CPU.
 */
export class Reaper {
  readonly #child: ChildProcess;

  constructor(directory: string, options: { removeDirectory: boolean }) {
    const script = fileURLToPath(new URL('./reap.ts', import.meta.url));
    this.#child = spawn(
      '/bin/sh',
      [
        '-c',
        'while read -r line; do [ "$line" = done ] && exit 0; done; exec "$0" "$@"',
        process.execPath,
        script,
        directory,
        ...(options.removeDirectory ? ['--remove-directory'] : []),
      ],
      { detached: true, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] },
    );
    this.#child.stdin?.on('error', () => {});
    this.#child.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** All has ended in order: nothing is left to reap. */
  async dismiss(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.ref();
    this.#child.stdin?.end('done\n');
    await ended;
  }
}
