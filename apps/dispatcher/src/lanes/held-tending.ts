import { HELD_PAGE_ROWS, HELD_RETRY_DELAY_MS } from './lane.bounds.js';
import type { Lane } from './lane.js';
import type { Fence, WaitingRow } from './lane.store.js';
import type { LaneJournal } from './lane-journal.js';
import type { LaneServices } from './lane-services.js';
import type { PartitionProgress } from './partition-progress.js';

export interface HeldTending {
  fence: Fence;
  services: LaneServices;
  progress: PartitionProgress;
  journal: LaneJournal;
}

export interface HeldTended {
  removed: number;
  againAtMs: number | null;
}

/** Journals what is held and was not, and discards, oldest first, what is beyond the bounds of count and age. */
export async function tendHeld(tending: HeldTending, lane: Lane, after: number): Promise<HeldTended> {
  const { services } = tending;
  let removed = 0;
  try {
    await tellHeld(tending, lane, after);
    for (;;) {
      const rows = await services.store.waiting({ lane: lane.name, after, limit: HELD_PAGE_ROWS });
      const beyond = beyondBounds(rows, lane.state.rows - removed, services);
      if (beyond.length === 0) return { removed, againAtMs: oldestEndsAtMs(rows, services) };
      await discard(tending, lane, beyond);
      removed += beyond.length;
    }
  } catch (error) {
    services.logger.warn({ err: error, integrationId: lane.name.integrationId }, 'held deliveries could not be tended');
    return { removed, againAtMs: services.clock.nowMs() + HELD_RETRY_DELAY_MS };
  }
}

async function tellHeld(tending: HeldTending, lane: Lane, after: number): Promise<void> {
  const { services, journal, progress, fence } = tending;
  const reason = lane.integration.run.stopped ?? lane.integration.configuration?.disabledReason ?? 'admin';
  for (let from = after; ; ) {
    const rows = await services.store.untold({ lane: lane.name, after: from, limit: HELD_PAGE_ROWS });
    if (rows.length === 0) return;
    await new Promise<void>((resolve) => {
      journal.aside(lane, 'held', rows, reason, (journalOffset) => {
        progress.needs.open(journalOffset, 1);
        const offsets = rows.map(({ offset }) => offset);
        services.writer.add({ kind: 'told', fence, lane: lane.name, offsets }, () => {
          progress.needs.release(journalOffset);
          resolve();
        });
      });
    });
    from = rows.at(-1)?.offset ?? from;
  }
}

function beyondBounds(
  rows: readonly WaitingRow[],
  count: number,
  { held, clock }: LaneServices,
): readonly WaitingRow[] {
  const tooMany = Math.max(0, count - held.maxCount);
  const oldestMs = clock.nowMs() - held.maxAgeMs;
  return rows.filter((row, index) => index < tooMany || row.storedAtMs < oldestMs);
}

function oldestEndsAtMs(rows: readonly WaitingRow[], { held }: LaneServices): number | null {
  const oldest = rows[0];
  return oldest === undefined ? null : oldest.storedAtMs + held.maxAgeMs + 1;
}

function discard(tending: HeldTending, lane: Lane, rows: readonly WaitingRow[]): Promise<void> {
  const { services, journal, progress, fence } = tending;
  return new Promise((resolve) => {
    journal.aside(lane, 'discarded', rows, 'held_limit', (journalOffset) => {
      progress.needs.open(journalOffset, 1);
      const offsets = rows.map(({ offset }) => offset);
      for (const offset of offsets) progress.needUntilPassed(journalOffset, offset);
      services.writer.add({ kind: 'delete', fence, lane: lane.name, offsets }, () => {
        progress.needs.release(journalOffset);
        resolve();
      });
    });
  });
}
