/** 24 hours are promised; the hour above covers clocks that differ and rows kept by whole minutes. */
export const INBOX_RETENTION_MS = 25 * 60 * 60 * 1_000;
export const SWEEP_MAX_ROWS = 5_000;
/** Ten million rows: what remains after hours without a router goes with the next sweeps. */
export const SWEEP_MAX_BATCHES = 2_000;

/** The inbox, and what else is remembered of its events for as long. */
export interface Swept {
  removeOlderThan(beforeMs: number, maxRows: number): Promise<number>;
}

export interface SweepOptions {
  nowMs: number;
  monotonicMs(): number;
  sleep(ms: number): Promise<unknown>;
  isStopped(): boolean;
}

/**
 * Removes what is past the retention in small statements, so that none locks much or writes long, and takes half of the
 * time for it: what is routed meanwhile has the other half. Resolves with how many.
 */
export async function sweepInbox(store: Swept, options: SweepOptions): Promise<number> {
  const { nowMs, monotonicMs, sleep, isStopped } = options;
  let removed = 0;
  for (let batch = 0; batch < SWEEP_MAX_BATCHES && !isStopped(); batch += 1) {
    const startMs = monotonicMs();
    const rows = await store.removeOlderThan(nowMs - INBOX_RETENTION_MS, SWEEP_MAX_ROWS);
    removed += rows;
    if (rows < SWEEP_MAX_ROWS) break;
    await sleep(monotonicMs() - startMs);
  }
  return removed;
}
