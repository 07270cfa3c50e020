const SECONDS = /^\d{1,9}$/;

/** Reads a `Retry-After` value, seconds or an HTTP date, as milliseconds from now; null when absent or unreadable. */
export function retryAfterMsOf(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (SECONDS.test(text)) return Number(text) * 1_000;
  const atMs = /[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
