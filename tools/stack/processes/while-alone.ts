import { setTimeout as sleep } from 'node:timers/promises';
import { tryNameLock } from './name-lock.ts';

const LOCK_POLL_MS = 250;

/** Works while no other process of the machine does so for the same purpose and path: they take turns. */
export async function whileAlone(
  purpose: string,
  path: string,
  work: () => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let lock = await tryNameLock(purpose, path);
  while (lock === null) {
    await sleep(LOCK_POLL_MS, undefined, signal === undefined ? {} : { signal });
    lock = await tryNameLock(purpose, path);
  }
  try {
    await work();
  } finally {
    lock.release();
  }
}
