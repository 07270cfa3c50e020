import { readFileSync, readlinkSync } from 'node:fs';

/** Where a pid means something, and since when it means this process. Null where the system cannot tell. */
interface Place {
  machine: string;
  pid: number;
  startedAt: string;
}

/** Field 22 of /proc/<pid>/stat, counted behind the name in brackets. Source: proc_pid_stat(5). */
const START_TIME_FIELD = 22 - 3;

function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD] ?? null;
  } catch {
    return null;
  }
}

/** Boot and pid namespace: the same pid elsewhere is another process. */
function machineOf(): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}.${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return null;
  }
}

/** An owner's name: unique, and for a process of the same machine enough to see that it is dead. */
export function ownerName(pid: number, unique: string): string {
  const machine = machineOf();
  const startedAt = startTimeOf(pid);
  return machine === null || startedAt === null ? unique : `${machine}/${pid}/${startedAt}/${unique}`;
}

function placeOf(owner: string): Place | null {
  const [machine, pid, startedAt] = owner.split('/');
  if (machine === undefined || pid === undefined || startedAt === undefined) return null;
  return { machine, pid: Number(pid), startedAt };
}

/**
 * Whether the owner certainly runs no more: it was a process of this machine, and its pid is free or another's. False
 * where that cannot be known.
 */
export function isDeadNeighbour(owner: string): boolean {
  const place = placeOf(owner);
  if (place === null || place.machine !== machineOf()) return false;
  return startTimeOf(place.pid) !== place.startedAt;
}
