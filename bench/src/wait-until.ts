import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/** Resolves once `isSo`; throws, naming what was waited for, after `timeoutMs`. */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs / 1_000} s still not so: ${what}`);
    await sleep(POLL_MS);
  }
}
