import { copyFileSync, existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** Bounds of each log file and how often they are looked at; the one before is kept as `.1`. */
const LOG_MAX_BYTES = 64 * 1024 * 1024;
const CHECK_MS = 30_000;

/** A new start begins new logs and keeps those of the one before. */
export function turnLogs(directory: string): void {
  for (const name of logsIn(directory)) renameSync(join(directory, name), join(directory, `${name}.1`));
}

/** Keeps logs from growing without end. They are open for appending, so cutting one off is enough. */
export function boundLogs(directory: string): void {
  setInterval(() => {
    if (!existsSync(directory)) return;
    for (const name of logsIn(directory)) {
      const path = join(directory, name);
      if (statSync(path).size <= LOG_MAX_BYTES) continue;
      copyFileSync(path, `${path}.1`);
      truncateSync(path);
    }
  }, CHECK_MS).unref();
}

function logsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.log'));
}
