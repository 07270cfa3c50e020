import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCK_FILE, readLockFile } from './lock-file.ts';
import { LOCK_RULES } from './lock-rules.ts';
import {
  licenceIsSaid,
  type Manifest,
  npmSettingsAreStrict,
  npmSettingsNameNoRegistry,
  runsNothingAtInstallation,
  scriptsAreAllowedAsListed,
  versionsArePinned,
} from './manifest-rules.ts';

const MANIFEST = 'package.json';

/** Holds every package.json of ours, the lock file and npm's settings to their rules; one line a problem. */
export function packageProblems(repository: string): string[] {
  const read = (path: string): Manifest => JSON.parse(readFileSync(join(repository, path), 'utf8')) as Manifest;
  const root = read(MANIFEST);
  const own = (root.workspaces ?? []).flatMap((pattern) => globSync(join(pattern, MANIFEST), { cwd: repository }));
  const ofManifests = [MANIFEST, ...own].flatMap((path) => manifestProblems(read(path)).map((one) => `${path} ${one}`));
  const lock = readLockFile(repository);
  const ofLock = LOCK_RULES.flatMap((rule) => rule(lock)).map((one) => `${LOCK_FILE}: ${one}`);
  const npmrc = readFileSync(join(repository, '.npmrc'), 'utf8');
  const ofSettings = [...npmSettingsNameNoRegistry(npmrc), ...npmSettingsAreStrict(npmrc)];
  return [...ofManifests, ...scriptsAreAllowedAsListed(root), ...ofLock, ...ofSettings];
}

const manifestProblems = (manifest: Manifest): string[] =>
  [versionsArePinned, licenceIsSaid, runsNothingAtInstallation].flatMap((rule) => rule(manifest));
