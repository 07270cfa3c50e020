import { chmodSync, cpSync, lstatSync, mkdtempSync, renameSync, rmSync, type Stats, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../cache-directory.ts';
import { enterable, foldersAbove } from './unprivileged.ts';

/**
 * A folder of programs as the unprivileged user may execute them: the folder itself, or, when it lies below one of mode
 * 0700 (a clone in root's home), a copy. No capability helps there: Postgres asks access(2) about its own programs,
 * and that looks at user ids only.
 */
export function withinReach(folder: string, name: string): string {
  if (process.getuid?.() !== 0 || isReachable(folder)) return folder;
  const parent = [cacheDirectory(), tmpdir(), '/var/tmp'].find(
    (candidate) => isReachable(join(candidate, name)) && isFolder(candidate),
  );
  if (parent === undefined) return folder;
  const copy = join(parent, name);
  if (isOurs(copy)) return copy;
  return copyTo(folder, copy);
}

function isReachable(path: string): boolean {
  return foldersAbove(path).every((above) => {
    const stats = statOf(above);
    return stats !== null && enterable(stats);
  });
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

/** Only root can have made it, and only root can change it: another user's folder of that name is never executed. */
function isOurs(path: string): boolean {
  const stats = statOf(path);
  return stats?.isDirectory() === true && stats.uid === 0 && (stats.mode & 0o022) === 0;
}

/** Complete as soon as it has its name. When the name is taken by a stranger, the copy keeps its own. */
function copyTo(folder: string, copy: string): string {
  const temporary = mkdtempSync(`${copy}-`);
  cpSync(folder, temporary, { recursive: true, verbatimSymlinks: true });
  chmodSync(temporary, 0o755);
  try {
    renameSync(temporary, copy);
    return copy;
  } catch {
    if (!isOurs(copy)) return temporary;
    rmSync(temporary, { recursive: true, force: true });
    return copy;
  }
}

function statOf(path: string): Stats | null {
  try {
    // A link at the end would be another's choice of what is executed.
    return path === '/' ? statSync(path) : lstatSync(path);
  } catch {
    return null;
  }
}
