import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LOCK_FILE = 'package-lock.json';

/** What npm writes of a package into its lock file, as far as it is looked at here. */
export interface LockEntry {
  /** Of our own packages, and where a package is installed under another name. */
  name?: string;
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  inBundle?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}

export interface LockFile {
  lockfileVersion: number;
  packages: Record<string, LockEntry>;
}

/** A package of somebody else that the lock file pins. */
export interface LockedPackage extends LockEntry {
  path: string;
  name: string;
}

const INSTALLED = 'node_modules/';

export function readLockFile(repository: string): LockFile {
  return JSON.parse(readFileSync(join(repository, LOCK_FILE), 'utf8')) as LockFile;
}

/** Everything that is installed but our own workspaces, which npm links. */
export function lockedPackages({ packages }: LockFile): LockedPackage[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.startsWith(INSTALLED) && link !== true)
    .map(([path, entry]) => ({
      ...entry,
      path,
      name: entry.name ?? path.slice(path.lastIndexOf(INSTALLED) + INSTALLED.length),
    }));
}

/** Only used to build and to test: no part of what runs in production. */
export const isForDevelopment = ({ dev, devOptional }: LockEntry): boolean => dev === true || devOptional === true;
