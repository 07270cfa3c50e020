import type { Evidence, JournalEntry, Rule } from './evidence.types.ts';
import { countedEntries, distinctEntries } from './journal-order.ts';

/** Counts and views say what the journal says, exactly. */
export const counted: Rule = (evidence) => [
  ...countsInJournal(evidence),
  ...countsInRows(evidence),
  ...attemptsInAudit(evidence),
  ...deliveriesInAudit(evidence),
];

const bySequence = (entries: readonly JournalEntry[]) => [...entries].sort((a, b) => a.sequence - b.sequence);

/** Each attempt's record carries the count after it. */
function countsInJournal(evidence: Evidence): string[] {
  const entriesOf = Map.groupBy(countedEntries(evidence), ({ integrationId }) => integrationId);
  return evidence.integrations.flatMap(({ id, name, disableAfter }) => {
    let failures = 0;
    let enablement = 0;
    for (const entry of bySequence(entriesOf.get(id) ?? [])) {
      if (entry.enablement > enablement) failures = 0;
      enablement = Math.max(enablement, entry.enablement);
      // What ends after the stop is shown and not counted.
      if (disableAfter !== null && failures >= disableAfter) continue;
      if (entry.push === 'delivered') failures = 0;
      if (entry.push === 'failed') failures += 1;
      if (entry.consecutiveFailures !== failures)
        return [`${name}: ${entry.attemptId} counts ${entry.consecutiveFailures} failures, the journal ${failures}`];
    }
    return [];
  });
}

function countsInRows(evidence: Evidence): string[] {
  const entriesOf = Map.groupBy(countedEntries(evidence), ({ integrationId }) => integrationId);
  const runs = new Map(evidence.runs.map((run) => [run.integrationId, run]));
  return evidence.integrations.flatMap(({ id, name }) => {
    const last = bySequence(entriesOf.get(id) ?? []).at(-1);
    const run = runs.get(id);
    // Enabling begins a new count, of which neither a row nor an entry tells before something is counted.
    const enablement = Math.max(run?.enablement ?? 0, last?.enablement ?? 0);
    const countOf = (side: { enablement: number; consecutiveFailures: number } | undefined): number =>
      side?.enablement === enablement ? side.consecutiveFailures : 0;
    const journaled = countOf(last);
    const stored = countOf(run);
    return journaled === stored ? [] : [`${name}: the row counts ${stored} failures, the journal ${journaled}`];
  });
}

function attemptsInAudit(evidence: Evidence): string[] {
  const nameOf = ({ deliveryId, epoch, attempt }: { deliveryId: string; epoch: number; attempt: number }) =>
    `${deliveryId} epoch ${epoch} attempt ${attempt}`;
  const countedNames = new Set(countedEntries(evidence).map(nameOf));
  const journaled = new Set(distinctEntries(evidence.journal).map(nameOf));
  const shown = new Map(evidence.attempts.map((view) => [nameOf(view), view]));
  const missing = [...journaled].filter((name) => !shown.has(name)).map((name) => `audit misses ${name}`);
  const extra = [...shown.keys()].filter((name) => !journaled.has(name)).map((name) => `audit invented ${name}`);
  const wrong = [...shown]
    .filter(([name, { late }]) => journaled.has(name) && late === countedNames.has(name))
    .map(([name, { late }]) => `audit calls ${name} ${late ? '' : 'not '}late`);
  return [...missing, ...extra, ...wrong];
}

function deliveriesInAudit(evidence: Evidence): string[] {
  const ends = new Map<string, string>();
  for (const { members, push } of countedEntries(evidence)) {
    if (push !== 'pending') for (const id of members) ends.set(id, push);
  }
  return evidence.deliveries.flatMap(({ id, status }) => {
    const end = ends.get(id);
    if (end !== undefined) return status === end ? [] : [`${id} ended as ${end}, audit calls it ${status}`];
    return status === 'delivered' || status === 'failed' ? [`audit calls ${id} ${status}, the journal does not`] : [];
  });
}
