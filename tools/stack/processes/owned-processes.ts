import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeByRename } from '../write-by-rename.ts';
import { identityOf, isRunning, type ProcessIdentity } from './process-identity.ts';

/** Services end before what they need: the broker and the database. */
export type Stage = 'services' | 'backing';

export interface OwnedProcess extends ProcessIdentity {
  name: string;
  stage: Stage;
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** How long it may take to end after `stopSignal` before it is killed. */
  graceMs: number;
}

const FILE = 'processes.json';

/**
 * The processes that a start brought up, kept in a file, so that the reaper or the next start can end them when the
 * start itself was killed.
 */
export class OwnedProcesses {
  #processes: OwnedProcess[] = [];
  #forgotten = false;
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, FILE);
    mkdirSync(dirname(this.#path), { recursive: true });
  }

  add(process: OwnedProcess): void {
    this.#processes.push(process);
    this.#write();
  }

  remove(pid: number): void {
    this.#processes = this.#processes.filter((process) => process.pid !== pid);
    this.#write();
  }

  list(): readonly OwnedProcess[] {
    return this.#processes;
  }

  /** All have ended: the record goes, and the exit events that may still come leave it alone. */
  forget(): void {
    this.#forgotten = true;
    this.#processes = [];
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    if (this.#forgotten) return;
    writeByRename(this.#path, `${JSON.stringify(this.#processes, null, 2)}\n`, 0o600);
  }
}

/** What an earlier start recorded and did not take back; an unreadable file counts as nothing. */
export function recordedProcesses(directory: string): OwnedProcess[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(directory, FILE), 'utf8'));
    return Array.isArray(parsed) ? parsed.filter(isOwnedProcess) : [];
  } catch {
    return [];
  }
}

export function forgetRecordedProcesses(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

function isOwnedProcess(value: unknown): value is OwnedProcess {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime, bootId, stage, stopSignal, graceMs } = value as Record<string, unknown>;
  return (
    Number.isInteger(pid) &&
    (pid as number) > 1 &&
    typeof startTime === 'string' &&
    typeof bootId === 'string' &&
    (stage === 'services' || stage === 'backing') &&
    (stopSignal === 'SIGTERM' || stopSignal === 'SIGINT') &&
    typeof graceMs === 'number'
  );
}

/** Which of the recorded processes still run, by pid and start time. */
export function leftovers(
  recorded: readonly OwnedProcess[],
  running: (identity: ProcessIdentity) => boolean = isRunning,
): OwnedProcess[] {
  return recorded.filter((process) => running(process));
}

export function ownedProcess(
  pid: number,
  description: Pick<OwnedProcess, 'name' | 'stage' | 'stopSignal' | 'graceMs'>,
): OwnedProcess | null {
  const identity = identityOf(pid);
  return identity === null ? null : { ...identity, ...description };
}

/** For the record's readers in tests. */
export function writeRecordedProcesses(directory: string, processes: readonly OwnedProcess[]): void {
  writeFileSync(join(directory, FILE), JSON.stringify(processes), { mode: 0o600 });
}
