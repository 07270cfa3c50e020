import type { Change, Evidence, JournalEntry, Rule, TestedIntegration } from './evidence.types.ts';
import { countedEntries } from './journal-order.ts';

const CLOCK_SLACK_MS = 25;

/**
 * No attempt starts once an integration's consecutive failures have reached its threshold, until it is enabled again,
 * and none of an event that was sent after it had been disabled or deleted.
 */
export const stopped: Rule = (evidence) => [...startedAfterThreshold(evidence), ...sentWhileOff(evidence)];

function startedAfterThreshold(evidence: Evidence): string[] {
  const entriesOf = Map.groupBy(countedEntries(evidence), ({ integrationId }) => integrationId);
  return evidence.integrations.flatMap((integration) => {
    const { id, name } = integration;
    const entries = entriesOf.get(id) ?? [];
    return stopsOf(integration, entries).flatMap(({ stoppedAtMs, sequence }) => {
      const untilMs = enabledAfter(evidence.changes, id, stoppedAtMs);
      const before = new Set(entries.filter((entry) => entry.sequence <= sequence).map((entry) => entry.traceparent));
      return evidence.requests
        .filter(({ integrationId, traceparent }) => integrationId === id && !before.has(traceparent))
        .filter(({ arrivedAtMs }) => arrivedAtMs > stoppedAtMs + CLOCK_SLACK_MS && arrivedAtMs < untilMs)
        .map(
          ({ n, arrivedAtMs }) =>
            `${name}: event ${n} was sent ${Math.round(arrivedAtMs - stoppedAtMs)} ms after the stop`,
        );
    });
  });
}

interface Stop {
  stoppedAtMs: number;
  /** Of the attempt that was one too many. */
  sequence: number;
}

/** When the count reached the threshold, under each enablement at most once. */
function stopsOf({ disableAfter }: TestedIntegration, entries: readonly JournalEntry[]): Stop[] {
  if (disableAfter === null) return [];
  return [...Map.groupBy(entries, ({ enablement }) => enablement).values()].flatMap((under) => {
    const reached = under.find(({ consecutiveFailures }) => consecutiveFailures >= disableAfter);
    if (reached === undefined) return [];
    return [{ stoppedAtMs: reached.atMs + reached.durationMs, sequence: reached.sequence }];
  });
}

function enabledAfter(changes: readonly Change[], id: string, atMs: number): number {
  const enabled = changes.find(
    ({ integrationId, to, askedAtMs }) => integrationId === id && to === 'enabled' && askedAtMs > atMs,
  );
  return enabled?.askedAtMs ?? Number.POSITIVE_INFINITY;
}

function sentWhileOff({ changes, requests, integrations }: Evidence): string[] {
  return changes.flatMap(({ to, integrationId, acknowledgedAtMs, laterFrom }) => {
    if (to !== 'disabled' && to !== 'deleted') return [];
    const untilMs = enabledAfter(changes, integrationId, acknowledgedAtMs);
    const name = integrations.find(({ id }) => id === integrationId)?.name ?? integrationId;
    return requests
      .filter((request) => request.integrationId === integrationId && request.n >= laterFrom)
      .filter(({ arrivedAtMs }) => arrivedAtMs < untilMs)
      .map(({ n }) => `${name}: event ${n} was sent after it had been ${to}`);
  });
}
