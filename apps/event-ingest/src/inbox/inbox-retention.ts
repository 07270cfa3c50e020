/** 24 hours are promised; the hour above covers clocks that differ and rows kept by whole minutes. */
export const INBOX_RETENTION_MS = 25 * 60 * 60 * 1_000;
export const SWEEP_MAX_ROWS = 5_000;
export const SWEEP_MAX_BATCHES = 50;

/** The inbox, and what else is remembered of its events for as long. */
export interface Swept {
  removeOlderThan(beforeMs: number, maxRows: number): Promise<number>;
}

/** Removes what is past the retention in small statements, so that none locks much or writes long; resolves with how many. */
export async function sweepInbox(store: Swept, nowMs: number): Promise<number> {
  let removed = 0;
  for (let batch = 0; batch < SWEEP_MAX_BATCHES; batch += 1) {
    const rows = await store.removeOlderThan(nowMs - INBOX_RETENTION_MS, SWEEP_MAX_ROWS);
    removed += rows;
    if (rows < SWEEP_MAX_ROWS) break;
  }
  return removed;
}
