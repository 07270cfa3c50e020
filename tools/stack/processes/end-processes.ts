import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnedProcess, Stage } from './owned-processes.ts';
import { isRunning } from './process-identity.ts';

const POLL_MS = 25;
/** After SIGKILL the kernel needs a moment; longer means a process in uninterruptible sleep. */
const KILL_WAIT_MS = 5_000;
const STAGES: readonly Stage[] = ['services', 'backing'];

export interface EndOptions {
  /** Aborted: no more patience, kill at once. */
  force?: AbortSignal;
  onKill?: (process: OwnedProcess) => void;
}

/** Ends processes stage by stage: the polite signal to all of a stage, its grace, then SIGKILL. */
export async function endProcesses(processes: readonly OwnedProcess[], options: EndOptions = {}): Promise<void> {
  for (const stage of STAGES) {
    await Promise.all(
      processes.filter((process) => process.stage === stage).map((process) => endProcess(process, options)),
    );
  }
}

async function endProcess(process: OwnedProcess, options: EndOptions): Promise<void> {
  if (!isRunning(process)) return;
  signal(process.pid, process.stopSignal);
  const deadline = performance.now() + process.graceMs;
  while (performance.now() < deadline && options.force?.aborted !== true) {
    if (!isRunning(process)) return;
    await sleep(POLL_MS);
  }
  if (!isRunning(process)) return;
  options.onKill?.(process);
  // Every process we start leads its own group: its children (Postgres' backends) go with it.
  signal(-process.pid, 'SIGKILL');
  signal(process.pid, 'SIGKILL');
  const killDeadline = performance.now() + KILL_WAIT_MS;
  while (isRunning(process) && performance.now() < killDeadline) await sleep(POLL_MS);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}
