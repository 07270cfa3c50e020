import { readFileSync } from 'node:fs';

/** What the kernel says of how a process is confined. */
export interface Confinement {
  /** Real, effective, saved and file system ids. */
  uids: string[];
  gids: string[];
  /** The sets that hold a capability. */
  capabilities: string[];
  noNewPrivileges: boolean;
  /** Where something is mounted that can be written to. */
  writableMounts: string[];
}

const CAPABILITY_SETS = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'];

export function confinementOf(pid: number): Confinement {
  const status = new Map(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line): [string, string] => [line.split(':')[0] ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').trimEnd().split('\n');
  return {
    uids: status.get('Uid')?.split('\t') ?? [],
    gids: status.get('Gid')?.split('\t') ?? [],
    capabilities: CAPABILITY_SETS.filter((set) => BigInt(`0x${status.get(set) ?? 'f'}`) !== 0n),
    noNewPrivileges: status.get('NoNewPrivs') === '1',
    writableMounts: mounts
      .map((line) => line.split(' '))
      .filter(([, , , , , options = '']) => !options.split(',').includes('ro'))
      .map(([, , , , point = '']) => point),
  };
}
