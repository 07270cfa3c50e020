export const toMs = (time: Date): number => time.getTime();
export const toNullableMs = (time: Date | null): number | null => time?.getTime() ?? null;
export const toIso = (ms: number): string => new Date(ms).toISOString();
export const toNullableIso = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
