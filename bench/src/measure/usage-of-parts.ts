import type { RunFile } from '../../../tools/stack/run-file.ts';
import { cpuMsOf, peakBytesOf, residentBytesOf } from './process-usage.ts';

export interface Part {
  name: string;
  pid: number;
}

export interface PartUsage {
  name: string;
  /** CPU-ms of each delivery, or of whatever was counted. */
  cpuMsEach: number;
  peakBytes: number;
}

/** The stack's processes that can be seen: brokers and databases given from outside have no pid. */
export function partsOf(run: RunFile): Part[] {
  const parts = [
    { name: 'config', pid: run.services.config.pid },
    { name: 'event-ingest', pid: run.services['event-ingest'].pid },
    ...run.services.dispatcher.map(({ pid }, index) => ({
      name: index === 0 ? 'dispatcher' : `dispatcher ${index + 1}`,
      pid,
    })),
    { name: 'audit', pid: run.services.audit.pid },
    { name: 'kafka', pid: run.kafka.pid },
    { name: 'postgres', pid: run.postgres.pid },
  ];
  return parts.flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]));
}

export function residentBytes(parts: readonly Part[]): { name: string; bytes: number }[] {
  return parts.map(({ name, pid }) => ({ name, bytes: residentBytesOf(pid) }));
}

/** Takes the CPU times now; the answer says what was used since. */
export function startUsage(parts: readonly Part[]): (count: number) => PartUsage[] {
  const before = parts.map(({ pid }) => cpuMsOf(pid));
  return (count) =>
    parts.map(({ name, pid }, index) => ({
      name,
      cpuMsEach: (cpuMsOf(pid) - (before[index] ?? 0)) / count,
      peakBytes: peakBytesOf(pid),
    }));
}
