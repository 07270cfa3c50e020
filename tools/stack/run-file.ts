import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeByRename } from './write-by-rename.ts';

export interface RunningAt {
  url: string;
  pid: number | null;
}

/** What `run.json` holds; its shape is part of the public surface. */
export interface RunFile {
  ready: true;
  baseUrl: string;
  adminKey: string;
  services: { config: RunningAt; 'event-ingest': RunningAt; dispatcher: RunningAt[]; audit: RunningAt };
  /** pid null: given from outside. */
  kafka: { brokers: string[]; pid: number | null };
  postgres: { url: string; pid: number | null };
}

/** Readable by its owner only: it holds the platform key and the database's password. */
export function writeRunFile(home: string, run: RunFile): void {
  writeByRename(join(home, 'run.json'), `${JSON.stringify(run, null, 2)}\n`, 0o600);
}

export function removeRunFile(home: string): void {
  rmSync(join(home, 'run.json'), { force: true });
}
