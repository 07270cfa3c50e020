import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isForDevelopment, lockedPackages, readLockFile } from '../supply-chain/lock-file.ts';
import { NOT_IN_THE_IMAGE } from '../supply-chain/policy.ts';
import { type Instruction, lastStageOf } from './dockerfile.ts';

const PACKAGES = 'node_modules';
const SBOM = 'sbom.json';
const BUILD_WORKDIR = '/app';

/**
 * What the image's last stage holds, made of what is built and installed here instead of a new installation, so that
 * seconds do: packages of production alone, our own folders, and what the Dockerfile copies besides. Files are linked
 * where the file system allows it, so nothing may write to them.
 */
export function productionTree(repository: string, app: string, instructions: readonly Instruction[]): void {
  for (const one of lastStageOf(instructions)) {
    if (one.kind !== 'copy') continue;
    for (const source of one.sources) takeOver(repository, app, one.from === null ? source : inBuild(source));
  }
}

const inBuild = (path: string): string => relative(BUILD_WORKDIR, path);

function takeOver(repository: string, app: string, path: string): void {
  if (path === PACKAGES) productionPackages(repository, app);
  // The list of packages is made by the build alone.
  else if (path !== SBOM) copyLinked(join(repository, path), join(app, path));
}

function productionPackages(repository: string, app: string): void {
  for (const { path, ...entry } of lockedPackages(readLockFile(repository))) {
    const isThere = !isForDevelopment(entry) && !NOT_IN_THE_IMAGE.some((pattern) => pattern.test(entry.name));
    // Optional packages of other platforms are not installed.
    if (isThere && existsSync(join(repository, path))) copyLinked(join(repository, path), join(app, path));
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
