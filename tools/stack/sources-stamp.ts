import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeByRename } from './write-by-rename.ts';

/** What the compiled services depend on. */
const SOURCE_FOLDERS = ['apps', 'libs'];
const SOURCE_FILES = ['package-lock.json', 'tsconfig.base.json', 'nx.json'];
const IGNORED_FOLDERS = new Set(['node_modules', 'dist']);

/** A hash over names and contents of all sources; about 20 ms. */
export function sourcesStamp(root: string): string {
  const hash = createHash('sha256');
  const files = [...SOURCE_FILES, ...SOURCE_FOLDERS.flatMap((folder) => filesBelow(root, folder))];
  for (const file of files) {
    const path = join(root, file);
    if (!existsSync(path)) continue;
    hash.update(file).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return IGNORED_FOLDERS.has(entry.name) ? [] : filesBelow(root, name);
      return entry.isFile() ? [name] : [];
    });
}

const STAMP_FILE = 'node_modules/.cache/hookstile/built.json';

/** Whether the last build was of these very sources and what it made is still there. */
export function isBuilt(root: string, stamp: string, outputs: readonly string[]): boolean {
  try {
    const built = JSON.parse(readFileSync(join(root, STAMP_FILE), 'utf8')) as { stamp?: string };
    return built.stamp === stamp && outputs.every((output) => existsSync(join(root, output)));
  } catch {
    return false;
  }
}

export function rememberBuild(root: string, stamp: string): void {
  const path = join(root, STAMP_FILE);
  mkdirSync(dirname(path), { recursive: true });
  writeByRename(path, `${JSON.stringify({ stamp })}\n`, 0o644);
}
