import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isForDevelopment, lockedPackages, readLockFile } from '../supply-chain/lock-file.ts';
import { NOT_IN_THE_IMAGE } from '../supply-chain/policy.ts';
import type { Instruction } from './dockerfile.ts';

const PACKAGES = 'node_modules';

/**
 * What the image's last stage holds, made of what is built and installed here instead of a new installation, so that
 * seconds do: packages of production alone, our own folders, and what the Dockerfile copies besides. Files are linked
 * where the file system allows it, so nothing may write to them.
 */
export function productionTree(repository: string, app: string, instructions: readonly Instruction[]): void {
  const link = (path: string): void => copyLinked(join(repository, path), join(app, path));
  const copies = instructions.filter((one) => one.kind === 'copy');
  for (const one of copies.slice(copies.findLastIndex(({ from }) => from === null))) {
    for (const source of one.sources) link(source);
  }
  for (const path of ['package.json', 'apps', 'libs']) link(path);
  for (const { path, ...entry } of lockedPackages(readLockFile(repository))) {
    const isThere = !isForDevelopment(entry) && !NOT_IN_THE_IMAGE.some((pattern) => pattern.test(entry.name));
    // Optional packages of other platforms are not installed.
    if (isThere && existsSync(join(repository, path))) link(path);
  }
  for (const [path, { resolved }] of Object.entries(readLockFile(repository).packages)) {
    if (!path.startsWith(PACKAGES) || !/^(apps|libs)\//.test(resolved ?? '')) continue;
    mkdirSync(dirname(join(app, path)), { recursive: true });
    symlinkSync(readlinkSync(join(repository, path)), join(app, path));
  }
}

function copyLinked(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    execFileSync('cp', ['-alT', from, to], { stdio: 'pipe' });
  } catch {
    // Another file system: links end at its border.
    execFileSync('cp', ['-aT', from, to], { stdio: 'pipe' });
  }
}
