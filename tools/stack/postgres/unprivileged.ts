import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StackProblem } from '../stack-problem.error.ts';

/** `nobody`: Postgres refuses to run as root, and no user needs to be created for it. */
export const NOBODY = { uid: 65534, gid: 65534 } as const;

export interface FolderMode {
  uid: number;
  gid: number;
  mode: number;
}

/** How to start a program so that Postgres accepts its user. */
export interface RunAs {
  /** Who has to own the data; null when that is simply the present user. */
  owner: { uid: number; gid: number } | null;
  uid?: number;
  gid?: number;
  /** Put before the command. */
  prefix: readonly string[];
}

/** Whether `nobody` may pass through a folder. */
export function enterable(folder: FolderMode): boolean {
  if (folder.uid === NOBODY.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === NOBODY.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

/** All folders above a path, nearest first. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let current = dirname(resolve(path)); ; current = dirname(current)) {
    folders.push(current);
    if (current === dirname(current)) return folders;
  }
}

/**
 * The way to run Postgres on these data. A root-owned home of mode 0700 keeps `nobody` out: then it is given, besides
 * its user id, the right to pass any folder.
 */
export function runAsFor(paths: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { owner: null, prefix: [] };
  const open = paths.flatMap(foldersAbove).every((folder) => enterable(statSync(folder)));
  if (open) return { owner: NOBODY, ...NOBODY, prefix: [] };
  const prefix = [
    'setpriv',
    `--reuid=${NOBODY.uid}`,
    `--regid=${NOBODY.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_read_search,+dac_override',
    '--ambient-caps=+dac_read_search,+dac_override',
  ];
  const probe = spawnSync('setpriv', [...prefix.slice(1), 'true'], { encoding: 'utf8' });
  if (probe.error !== undefined || probe.status !== 0) {
    throw new StackProblem(
      'Postgres does not run as root, and its user "nobody" may not enter HOOKSTILE_HOME. ' +
        'Install util-linux (setpriv), or set HOOKSTILE_HOME below a folder of mode 0755, or run as an ordinary user.',
    );
  }
  return { owner: NOBODY, prefix };
}
