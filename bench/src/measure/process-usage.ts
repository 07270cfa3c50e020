import { readdirSync, readFileSync } from 'node:fs';

/** Linux gives CPU times in ticks of 10 ms on every platform that Node runs on. */
const TICK_MS = 10;
const KIBIBYTE = 1_024;

interface Stat {
  parentPid: number;
  cpuMs: number;
  /** Of children that ended and were waited for. */
  endedChildrenCpuMs: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name, in parentheses, may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number): number => Number(fields[index]);
    return {
      parentPid: Number(fields[1]),
      cpuMs: (ticks(11) + ticks(12)) * TICK_MS,
      endedChildrenCpuMs: (ticks(13) + ticks(14)) * TICK_MS,
    };
  } catch {
    return null;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parentPid === pid);
}

/** CPU time of a process and its children, also those that have ended, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const own = statOf(pid);
  if (!own) return 0;
  const children = childrenOf(pid).reduce((sum, child) => sum + (statOf(child)?.cpuMs ?? 0), 0);
  return own.cpuMs + own.endedChildrenCpuMs + children;
}

function memoryLineOf(pid: number, file: string, name: string): number {
  try {
    const line = readFileSync(`/proc/${pid}/${file}`, 'latin1')
      .split('\n')
      .find((candidate) => candidate.startsWith(`${name}:`));
    return Number(/\d+/.exec(line ?? '')?.[0] ?? 0) * KIBIBYTE;
  } catch {
    return 0;
  }
}

/** Resident bytes now. Of several processes that share memory, each page counts once (their proportional sizes). */
export function residentBytesOf(pid: number): number {
  const children = childrenOf(pid);
  if (children.length === 0) return memoryLineOf(pid, 'status', 'VmRSS');
  return [pid, ...children].reduce((sum, one) => sum + memoryLineOf(one, 'smaps_rollup', 'Pss'), 0);
}

/** The largest resident size so far; of a process with children, its present one, for peaks do not add up. */
export function peakBytesOf(pid: number): number {
  return childrenOf(pid).length === 0 ? memoryLineOf(pid, 'status', 'VmHWM') : residentBytesOf(pid);
}
