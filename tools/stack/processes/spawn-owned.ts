import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type OwnedProcess, type OwnedProcesses, ownedProcess } from './owned-processes.ts';

export interface OwnedCommand extends Pick<OwnedProcess, 'name' | 'stage' | 'stopSignal' | 'graceMs'> {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logFile: string;
  uid?: number;
  gid?: number;
}

export interface OwnedChild {
  pid: number;
  /** Resolves at the process' end, with a short description such as "code 1" or "signal SIGKILL". */
  ended: Promise<string>;
}

/**
 * Starts a process in a session of its own (the terminal's Ctrl-C must not reach it: we end it in order), records it,
 * and lets it write straight into its log file, so that no log line passes through this process.
 */
export async function spawnOwned(owned: OwnedProcesses, command: OwnedCommand): Promise<OwnedChild> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  const log = openSync(command.logFile, 'a', 0o600);
  try {
    const child = spawn(command.command, command.args, {
      cwd: command.cwd,
      env: command.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    const ended = endOf(child, owned);
    if (child.pid === undefined) {
      throw new Error(`could not start ${command.name}: ${await ended}`);
    }
    const record = ownedProcess(child.pid, command);
    if (record !== null) owned.add(record);
    return { pid: child.pid, ended };
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess, owned: OwnedProcesses): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (child.pid !== undefined) owned.remove(child.pid);
      resolve(signal === null ? `code ${code}` : `signal ${signal}`);
    });
  });
}

const TAIL_LINES = 15;

/** The last lines of a log, for the terminal when something did not come up. */
export function tailOf(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } catch {
    return '';
  }
}
