import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { postgresBinaries } from '../../../../tools/stack/postgres/postgres-binaries.ts';
import { postgresArguments } from '../../../../tools/stack/postgres/postgres-settings.ts';
import { NOBODY } from '../../../../tools/stack/postgres/unprivileged.ts';
import type { OwnedProcesses } from '../../../../tools/stack/processes/owned-processes.ts';
import { runCommand } from '../../../../tools/stack/processes/run-command.ts';
import { spawnOwned } from '../../../../tools/stack/processes/spawn-owned.ts';
import type { BackingServer } from './backing-server.ts';
import { SmallDisk } from './small-disk.ts';

const STOP_GRACE_MS = 20_000;
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 100;

export interface SmallDiskOptions {
  home: string;
  logs: string;
  port: number;
  owned: OwnedProcesses;
  postgres: BackingServer;
  /** Whether it takes connections. */
  answers(): Promise<boolean>;
}

/** Moves Postgres to a disk with little room, and back. */
export class PostgresOnSmallDisk {
  readonly #options: SmallDiskOptions;
  #disk: SmallDisk | null = null;

  constructor(options: SmallDiskOptions) {
    this.#options = options;
  }

  get #data(): string {
    return join(this.#options.home, 'postgres/data');
  }

  /** Null, and nothing is changed, where this user may not mount. */
  async moveThere(freeMegabytes: number): Promise<SmallDisk | null> {
    const { home, logs, owned, postgres } = this.#options;
    const directory = join(home, 'small-disk');
    mkdirSync(directory, { recursive: true });
    await postgres.end('in order');
    const megabytes = (await this.#sizeMegabytes()) + freeMegabytes;
    const disk = await SmallDisk.mount({ directory, megabytes, owned, logFile: join(logs, 'small-disk.log') });
    this.#disk = disk;
    if (disk !== null) {
      await disk.run('cp', '-a', this.#data, join(directory, 'data'));
      postgres.startBy(() => this.#start(disk));
    }
    await postgres.start();
    return disk;
  }

  async moveBack(): Promise<void> {
    const { postgres } = this.#options;
    const disk = this.#disk;
    if (disk === null) return;
    this.#disk = null;
    disk.empty();
    await postgres.start();
    await postgres.end('in order');
    await disk.run('rm', '-rf', this.#data);
    await disk.run('cp', '-a', join(disk.directory, 'data'), this.#data);
    postgres.startBy(null);
    await postgres.start();
    await disk.unmount();
  }

  async #sizeMegabytes(): Promise<number> {
    const { output } = await runCommand('du', ['-sm', this.#data], { cwd: '/' });
    return Number.parseInt(output, 10);
  }

  async #start(disk: SmallDisk) {
    const { logs, owned, port } = this.#options;
    const user = [`--setuid=${NOBODY.uid}`, `--setgid=${NOBODY.gid}`, '--'];
    const data = join(disk.directory, 'data');
    const [command = '', ...args] = [
      ...disk.prefix,
      ...user,
      postgresBinaries().postgres,
      ...postgresArguments(data, port),
    ];
    const child = await spawnOwned(owned, {
      name: 'postgres',
      stage: 'backing',
      stopSignal: 'SIGINT',
      graceMs: STOP_GRACE_MS,
      command,
      args,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      cwd: '/',
      logFile: join(logs, 'postgres.log'),
    });
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await this.#options.answers())) {
      if (performance.now() > deadline) throw new Error('Postgres does not answer on its small disk');
      await sleep(READY_POLL_MS);
    }
    return child;
  }
}
