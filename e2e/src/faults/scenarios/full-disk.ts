import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './scenario.types.ts';
import type { Stage } from './stage.ts';
import { MIXED } from './worlds.ts';

const SUCCESSES_BEFORE = 60;
const FULL_MS = 12_000;
/** Over what the data take when they are moved there. */
const FREE_MEGABYTES = 48;
/** Below the size of a segment of Postgres' log: the next write beyond it fails. */
const FILE_MAX_BYTES = 1024 * 1024;

/** First tables cannot grow; when the log needs its next segment Postgres ends itself, and starts once there is room. */
export const diskFull: Scenario = {
  name: 'disk-full',
  about:
    'the disk of Postgres is full for 12 s: a small mount, or where that is not allowed a limit on the size of files',
  dispatchers: 1,
  world: MIXED,
  count: 2,
  run: async (stage) => {
    const { postgres } = stage.stack;
    const disk = await stage.stack.smallDisk.moveThere(FREE_MEGABYTES);
    const notes: string[] = [];
    try {
      stage.world.startSending();
      for (let times = 0; times < stage.count; times += 1) {
        await stage.moreSuccesses(SUCCESSES_BEFORE);
        const refused = stage.world.refused;
        const before = stage.successes;
        if (disk === null) limitFileSizes(stage, String(FILE_MAX_BYTES));
        else disk.fill();
        await sleep(FULL_MS);
        const survived = postgres.isRunning;
        if (disk === null) limitFileSizes(stage, 'unlimited');
        else disk.empty();
        await postgres.start();
        notes.push(
          `${disk === null ? 'file size limited' : 'small mount full'}: ${stage.successes - before} delivered meanwhile, ` +
            `${stage.world.refused - refused} requests refused, Postgres ${survived ? 'lived on' : 'ended'}`,
        );
        await stage.moreSuccesses(SUCCESSES_BEFORE);
      }
      await stage.world.stopSending();
    } finally {
      await stage.stack.smallDisk.moveBack();
    }
    return notes;
  },
};

function limitFileSizes({ stack }: Stage, limit: string): void {
  if (!stack.postgres.isRunning) return;
  for (const pid of [stack.postgres.pid, ...childrenOf(stack.postgres.pid)]) {
    try {
      execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${limit}`]);
    } catch {
      // A session that has ended meanwhile.
    }
  }
}

const PARENT = /^PPid:\s+(\d+)/m;

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid))
    .filter((pid) => {
      try {
        return Number(PARENT.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) === parent;
      } catch {
        return false;
      }
    });
}
