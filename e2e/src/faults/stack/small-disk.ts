import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedProcesses } from '../../../../tools/stack/processes/owned-processes.ts';
import { runCommand } from '../../../../tools/stack/processes/run-command.ts';
import { type OwnedChild, spawnOwned } from '../../../../tools/stack/processes/spawn-owned.ts';

const MOUNT_TIMEOUT_MS = 5_000;
const MOUNT_POLL_MS = 20;
const BALLAST_PIECE_BYTES = 256 * 1024;
const BALLAST = 'ballast';

/** Mounts and stays; the mount is seen by it and by who enters its namespace, and goes with them. */
const HOLDER = 'mount -t tmpfs -o "size=$1m,mode=755" tmpfs "$0" && exec sleep infinity';

/** A file system of some megabytes in a mount namespace of its own, so that it can be full without anybody else. */
export class SmallDisk {
  readonly directory: string;
  readonly #holder: OwnedChild;

  /** Null where this user may not mount. */
  static async mount(options: {
    /** An existing empty folder. */
    directory: string;
    megabytes: number;
    owned: OwnedProcesses;
    logFile: string;
  }): Promise<SmallDisk | null> {
    const { directory, megabytes, owned, logFile } = options;
    if (process.getuid?.() !== 0) return null;
    const holder = await spawnOwned(owned, {
      name: 'small-disk',
      stage: 'backing',
      stopSignal: 'SIGTERM',
      graceMs: MOUNT_TIMEOUT_MS,
      command: 'unshare',
      args: ['--mount', '--propagation', 'private', 'sh', '-c', HOLDER, directory, String(megabytes)],
      env: process.env,
      cwd: '/',
      logFile,
    }).catch(() => null);
    if (holder === null) return null;
    const disk = new SmallDisk(directory, holder);
    return (await disk.#isMounted()) ? disk : null;
  }

  private constructor(directory: string, holder: OwnedChild) {
    this.directory = directory;
    this.#holder = holder;
  }

  /** Put before a command, it sees the disk. */
  get prefix(): string[] {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`];
  }

  /** A path of the disk as this process sees it. */
  seen(path: string): string {
    return join(`/proc/${this.#holder.pid}/root`, path);
  }

  /** Takes every byte that is left. */
  fill(): void {
    const file = openSync(this.seen(join(this.directory, BALLAST)), 'a');
    const piece = Buffer.alloc(BALLAST_PIECE_BYTES);
    try {
      for (let size = piece.length; size > 0; ) {
        try {
          writeSync(file, piece, 0, size);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          size >>= 1;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.seen(join(this.directory, BALLAST)), { force: true });
  }

  async run(...command: string[]): Promise<void> {
    const [program = '', ...args] = [...this.prefix, ...command];
    const { code, output } = await runCommand(program, args, { cwd: '/' });
    if (code !== 0) throw new Error(`${command.join(' ')}: ${output}`);
  }

  /** Whoever is in the namespace has to have ended. */
  async unmount(): Promise<void> {
    process.kill(this.#holder.pid, 'SIGKILL');
    await this.#holder.ended;
  }

  async #isMounted(): Promise<boolean> {
    let ended = false;
    void this.#holder.ended.then(() => {
      ended = true;
    });
    const deadline = performance.now() + MOUNT_TIMEOUT_MS;
    while (!ended && performance.now() < deadline) {
      const mounted = await this.run('mountpoint', '-q', this.directory).then(
        () => true,
        () => false,
      );
      if (mounted) return true;
      await new Promise((resolve) => setTimeout(resolve, MOUNT_POLL_MS));
    }
    return false;
  }
}
