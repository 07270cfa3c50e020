import { deliveryIdOf } from './delivery-ids.ts';
import type { Evidence, Rule } from './evidence.types.ts';
import { countedEntries } from './journal-order.ts';

const CLOCK_SLACK_MS = 25;

/** A push that failed, and is tried again, holds the same deliveries in the same order each time, and they go out in no other. */
export const frozen: Rule = (evidence) => {
  const frozenAs = new Map<string, { members: string; fromMs: number }>();
  for (const { members, push, atMs, durationMs } of countedEntries(evidence)) {
    if (push !== 'pending') continue;
    const push_ = { members: members.join(), fromMs: atMs + durationMs };
    for (const id of members) if (!frozenAs.has(id)) frozenAs.set(id, push_);
  }
  return frozenAs.size === 0 ? [] : changedMembers(evidence, frozenAs);
};

function changedMembers(
  evidence: Evidence,
  frozenAs: ReadonlyMap<string, { members: string; fromMs: number }>,
): string[] {
  const idOf = deliveryIdOf(evidence);
  return evidence.requests.flatMap(({ integrationId, deliveryId, members, arrivedAtMs }) => {
    const ids = members.map((n) => idOf(integrationId, n) ?? `event ${n}`);
    const failed = ids.map((id) => frozenAs.get(id)).find((push) => push !== undefined);
    if (failed === undefined || arrivedAtMs <= failed.fromMs + CLOCK_SLACK_MS || failed.members === ids.join())
      return [];
    return [`${deliveryId} held ${failed.members} when it failed, and then ${ids.join()}`];
  });
}
