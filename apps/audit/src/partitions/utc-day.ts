export const DAY_MS = 86_400_000;

/** A day of UTC: its number since 1970-01-01. */
export type UtcDay = number;

export function dayOf(ms: number): UtcDay {
  return Math.floor(ms / DAY_MS);
}

/** When a day begins, as Postgres reads it. */
export function beginOf(day: UtcDay): string {
  return new Date(day * DAY_MS).toISOString();
}

/** `attempts_20260102` */
export function partitionName(table: string, day: UtcDay): string {
  return `${table}_${beginOf(day).slice(0, 10).replaceAll('-', '')}`;
}

/** The day of a partition's name; the caller has seen that it ends in eight digits. */
export function dayOfPartition(name: string): UtcDay {
  const digits = name.slice(-8);
  return dayOf(Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}T00:00:00Z`));
}
