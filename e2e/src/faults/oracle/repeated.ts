import { deliveryIdOf } from './delivery-ids.ts';
import type { Evidence, Fault, Rule, SeenRequest } from './evidence.types.ts';
import { countedEntries, distinctEntries, newerMarkerBefore } from './journal-order.ts';

/** Clocks of processes on one machine agree, but a request arrives a little before or after what its sender noted. */
const CLOCK_SLACK_MS = 25;

/**
 * How long before a fault an attempt may have ended whose outcome was not acknowledged yet. The journal takes
 * milliseconds; a machine that also starts processes takes longer.
 */
const ACKNOWLEDGED_WITHIN_MS = 1_000;

/** A request that went out again although the journal had what became of a delivery in it. */
export const repeatedAfterOutcome: Rule = (evidence) => {
  const settled = new Map<string, { atMs: number; traceparent: string }>();
  for (const { push, members, atMs, durationMs, traceparent } of countedEntries(evidence)) {
    if (push === 'pending') continue;
    for (const id of members) if (!settled.has(id)) settled.set(id, { atMs: atMs + durationMs, traceparent });
  }
  const idOf = deliveryIdOf(evidence);
  return evidence.requests.flatMap(({ integrationId, members, traceparent, arrivedAtMs }) =>
    members.flatMap((n) => {
      const id = idOf(integrationId, n);
      const end = id === undefined ? undefined : settled.get(id);
      if (end === undefined || end.traceparent === traceparent || arrivedAtMs <= end.atMs + CLOCK_SLACK_MS) return [];
      return [`${id} (event ${n}) was sent again ${Math.round(arrivedAtMs - end.atMs)} ms after its end was journaled`];
    }),
  );
};

/** Requests without an outcome in the journal are of attempts that a fault cut off, and no others. */
export const unjournaledWithoutFault: Rule = (evidence) =>
  unjournaled(evidence)
    .filter((request) => !evidence.faults.some((fault) => isCutOff(request, fault)))
    .map(
      ({ deliveryId, n, arrivedAtMs }) =>
        `${deliveryId} (event ${n}): the request at ${new Date(arrivedAtMs).toISOString()} is not in the journal, and no fault explains it`,
    );

/** The owner of an older epoch may still tell how attempts ended, but starts none once there is a newer owner. */
export const fenced: Rule = ({ journal, markers }) => {
  const markersOf = Map.groupBy(markers, ({ partition }) => partition);
  return distinctEntries(journal).flatMap((entry) => {
    const newer = newerMarkerBefore(entry, markersOf.get(entry.partition) ?? []);
    if (newer === null || entry.atMs <= newer.atMs + CLOCK_SLACK_MS) return [];
    return [`${entry.attemptId} began ${Math.round(entry.atMs - newer.atMs)} ms after epoch ${newer.epoch} had`];
  });
};

/** Attempts of a delivery are numbered on, whoever makes them. */
export const numberedOn: Rule = (evidence) => {
  const problems: string[] = [];
  for (const [deliveryId, entries] of Map.groupBy(countedEntries(evidence), (entry) => entry.deliveryId)) {
    const numbers = entries.map(({ attempt }) => attempt).sort((a, b) => a - b);
    if (numbers.some((attempt, index) => attempt !== index + 1))
      problems.push(`${deliveryId} has the attempts ${numbers.join(', ')}`);
  }
  return problems;
};

/** Requests that no journal entry is of. Each attempt has a `traceparent` of its own, and the journal has it. */
export function unjournaled({ journal, requests }: Pick<Evidence, 'journal' | 'requests'>): SeenRequest[] {
  const journaled = new Set(journal.map(({ traceparent }) => traceparent));
  return requests.filter(({ traceparent }) => !journaled.has(traceparent));
}

function isCutOff({ arrivedAtMs, endedAtMs }: SeenRequest, { fromMs, toMs }: Fault): boolean {
  return arrivedAtMs <= toMs + CLOCK_SLACK_MS && endedAtMs >= fromMs - ACKNOWLEDGED_WITHIN_MS;
}

/** Successes beyond a delivery's first: what receivers had to take twice. */
export function duplicates({ requests }: Pick<Evidence, 'requests'>): number {
  const succeeded = requests
    .filter(({ status }) => status === 200)
    .flatMap(({ integrationId, members }) => members.map((n) => `${integrationId} ${n}`));
  return succeeded.length - new Set(succeeded).size;
}
