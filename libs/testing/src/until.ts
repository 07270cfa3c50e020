export interface UntilOptions {
  /** Gives up after this long; the error carries the last reason. */
  timeoutMs?: number;
  intervalMs?: number;
  /** What is awaited, for the error. */
  what?: string;
}

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 10;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/**
 * Polls until `condition` gives something truthy and resolves with it. An error it throws counts as "not yet", so
 * that `until(() => expect(x).toBe(1))` needs a `return true`; the last error is the cause when time is up.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = TIMEOUT_MS, intervalMs = INTERVAL_MS, what = 'the condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) throw new Error(`${what} did not hold within ${timeoutMs} ms`, { cause });
    await pause(intervalMs);
  }
}
