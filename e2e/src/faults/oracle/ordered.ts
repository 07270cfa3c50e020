import type { Rule, SeenRequest } from './evidence.types.ts';

/** First successes of an integration come in the order its tenant's events were accepted in. */
export const ordered: Rule = ({ integrations, requests }) => {
  const successes = Map.groupBy(
    requests.filter(({ status }) => status === 200),
    ({ integrationId }) => integrationId,
  );
  return integrations.flatMap(({ id, name }) => overtaken(name, successes.get(id) ?? []));
};

function overtaken(name: string, successes: readonly SeenRequest[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  let highest = -1;
  for (const { deliveryId, n } of [...successes].sort((a, b) => a.arrivedAtMs - b.arrivedAtMs)) {
    if (seen.has(deliveryId)) continue;
    seen.add(deliveryId);
    if (n < highest) problems.push(`${name}: event ${n} first succeeded after event ${highest}`);
    highest = Math.max(highest, n);
  }
  return problems;
}
