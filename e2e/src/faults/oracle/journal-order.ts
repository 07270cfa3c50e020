import type { EpochMarker, Evidence, JournalEntry } from './evidence.types.ts';

/** The first marker of a newer epoch that stands before an entry in its partition; entries behind one are late. */
export function newerMarkerBefore(entry: JournalEntry, markers: readonly EpochMarker[]): EpochMarker | null {
  const newer = markers.filter(
    ({ partition, offset, epoch }) => partition === entry.partition && offset < entry.offset && epoch > entry.epoch,
  );
  return newer.sort((a, b) => a.offset - b.offset)[0] ?? null;
}

/** What counts: each attempt once (a publisher may append a record again), without what is late; in journal order. */
export function countedEntries({ journal, markers }: Pick<Evidence, 'journal' | 'markers'>): JournalEntry[] {
  const markersOf = Map.groupBy(markers, ({ partition }) => partition);
  return distinctEntries(journal).filter(
    (entry) => newerMarkerBefore(entry, markersOf.get(entry.partition) ?? []) === null,
  );
}

export function distinctEntries(journal: readonly JournalEntry[]): JournalEntry[] {
  const seen = new Set<string>();
  return journal.filter(({ attemptId }) => {
    if (seen.has(attemptId)) return false;
    seen.add(attemptId);
    return true;
  });
}
