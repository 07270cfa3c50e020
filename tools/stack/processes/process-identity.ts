import { readFileSync } from 'node:fs';

/** A pid alone may have been given to a stranger since; pid, start time and boot together never are. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks after the boot, field 22 of /proc/<pid>/stat. */
  startTime: string;
  bootId: string;
}

export interface ProcessStat {
  parentPid: number;
  name: string;
  /** One letter: R, S, D, Z… */
  state: string;
  startTime: string;
}

/** Reads the text of /proc/<pid>/stat; the name stands in parentheses and may itself hold parentheses and blanks. */
export function parseStat(text: string): ProcessStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  return {
    name: text.slice(open + 1, close),
    state: fields[0] ?? '?',
    parentPid: Number(fields[1]),
    startTime: fields[19] ?? '',
  };
}

export function statOf(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

export function identityOf(pid: number): ProcessIdentity | null {
  const stat = statOf(pid);
  return stat === null ? null : { pid, startTime: stat.startTime, bootId: bootId() };
}

/** Whether exactly this process still runs. A zombie has ended: only its parent has not looked yet. */
export function isRunning(
  identity: ProcessIdentity,
  look: (pid: number) => ProcessStat | null = statOf,
  boot: string = bootId(),
): boolean {
  if (identity.bootId !== boot) return false;
  const stat = look(identity.pid);
  return stat !== null && stat.startTime === identity.startTime && stat.state !== 'Z' && stat.state !== 'X';
}

/**
 * This process' forebears up to the `npm` that runs it, nearest first; only the direct parent without npm. When one of
 * them is gone the user's command was killed, and what it started has to end.
 */
export function forebearsUpToNpm(
  pid: number,
  underNpm: boolean,
  look: (pid: number) => ProcessStat | null = statOf,
  boot: string = bootId(),
): ProcessIdentity[] {
  const forebears: ProcessIdentity[] = [];
  let current = look(pid)?.parentPid ?? 0;
  while (current > 1) {
    const stat = look(current);
    if (stat === null) break;
    forebears.push({ pid: current, startTime: stat.startTime, bootId: boot });
    if (!underNpm) break;
    if (stat.name.startsWith('npm')) return forebears;
    current = stat.parentPid;
  }
  return forebears.slice(0, 1);
}
