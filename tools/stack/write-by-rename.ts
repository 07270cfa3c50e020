import { renameSync, writeFileSync } from 'node:fs';

/** Readers see the old text or the new one, never half of it. */
export function writeByRename(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
