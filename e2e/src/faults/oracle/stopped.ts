import type { Rule } from './evidence.types.ts';
import { countedEntries } from './journal-order.ts';

const CLOCK_SLACK_MS = 25;

/** No attempt starts once an integration's consecutive failures have reached its threshold. */
export const stopped: Rule = (evidence) => {
  const counted = countedEntries(evidence);
  return evidence.integrations.flatMap(({ id, name, disableAfter }) => {
    if (disableAfter === null) return [];
    const reached = counted.find((entry) => entry.integrationId === id && entry.consecutiveFailures >= disableAfter);
    if (reached === undefined) return [];
    const stoppedAtMs = reached.atMs + reached.durationMs;
    return evidence.requests
      .filter(({ integrationId, arrivedAtMs }) => integrationId === id && arrivedAtMs > stoppedAtMs + CLOCK_SLACK_MS)
      .map(
        ({ n, arrivedAtMs }) =>
          `${name}: event ${n} was sent ${Math.round(arrivedAtMs - stoppedAtMs)} ms after the stop`,
      );
  });
};
