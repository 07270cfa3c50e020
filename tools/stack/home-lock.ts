import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses } from './processes/end-processes.ts';
import { type NameLock, tryNameLock } from './processes/name-lock.ts';
import { forgetRecordedProcesses, leftovers, recordedProcesses } from './processes/owned-processes.ts';
import { isRunning, type ProcessIdentity } from './processes/process-identity.ts';
import { StackProblem } from './stack-problem.error.ts';
import { writeByRename } from './write-by-rename.ts';

const POLL_MS = 100;
/** An abandoned start stops its services (15 s each by default), then the broker and the database. */
const ABANDONED_STOP_MAX_MS = 60_000;
const FILE = 'start.json';

/** What the next start has to know of this one. */
export interface StartRecord {
  start: ProcessIdentity;
  /** The commands above it; when one is gone, the start was killed from above and has no user any more. */
  forebears: ProcessIdentity[];
  reaper: ProcessIdentity | null;
}

export function writeStartRecord(home: string, record: StartRecord): void {
  writeByRename(join(home, FILE), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

export function removeStartRecord(home: string): void {
  rmSync(join(home, FILE), { force: true });
}

export function readStartRecord(home: string): StartRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(home, FILE), 'utf8')) as StartRecord;
    return typeof record.start?.pid === 'number' && Array.isArray(record.forebears) ? record : null;
  } catch {
    return null;
  }
}

export type HomeState = 'free' | 'running' | 'abandoned';

/** Whether a home that another process holds belongs to a start that somebody still wants. */
export function stateOf(
  record: StartRecord | null,
  running: (identity: ProcessIdentity) => boolean = isRunning,
): HomeState {
  if (record === null || !running(record.start)) return 'free';
  return record.forebears.every((forebear) => running(forebear)) ? 'running' : 'abandoned';
}

/** Makes this process the only start on the home, and ends whatever a killed one left behind. */
export async function takeHome(home: string, report: (line: string) => void): Promise<NameLock> {
  const lock = (await tryNameLock('home', realpathSync(home))) ?? (await takeFromAbandoned(home, report));
  await waitForReaper(home);
  const left = leftovers(recordedProcesses(home));
  if (left.length > 0) {
    report(`Ending what a killed start left running: ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}.`);
    await endProcesses(left);
  }
  forgetRecordedProcesses(home);
  rmSync(join(home, 'run.json'), { force: true });
  return lock;
}

async function takeFromAbandoned(home: string, report: (line: string) => void): Promise<NameLock> {
  const record = readStartRecord(home);
  if (record === null || stateOf(record) === 'running') {
    throw new StackProblem(
      `Hookstile already runs on ${home}${record === null ? '' : ` (process ${record.start.pid})`}. ` +
        'Stop it, or start another stack beside it: HOOKSTILE_HOME=<folder> HOOKSTILE_PORT=<port> npm start',
    );
  }
  report('Waiting for a start whose command was killed to stop.');
  if (isRunning(record.start)) kill(record.start.pid, 'SIGTERM');
  const deadline = performance.now() + ABANDONED_STOP_MAX_MS;
  for (;;) {
    const lock = await tryNameLock('home', realpathSync(home));
    if (lock !== null) return lock;
    if (performance.now() > deadline && isRunning(record.start)) kill(record.start.pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

async function waitForReaper(home: string): Promise<void> {
  const reaper = readStartRecord(home)?.reaper ?? null;
  if (reaper === null) return;
  const deadline = performance.now() + ABANDONED_STOP_MAX_MS;
  while (isRunning(reaper)) {
    if (performance.now() > deadline) kill(reaper.pid, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in between.
  }
}
