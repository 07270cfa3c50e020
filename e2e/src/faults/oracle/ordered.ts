import { orderingKeyOf } from '../world/ordering-key.ts';
import type { Rule, SeenRequest, TestedIntegration } from './evidence.types.ts';

/** First successes of a lane come in the order its tenant's events were accepted in. */
export const ordered: Rule = ({ integrations, requests }) => {
  const successes = Map.groupBy(
    requests.filter(({ status }) => status === 200),
    ({ integrationId }) => integrationId,
  );
  return integrations.flatMap((integration) => overtaken(integration, successes.get(integration.id) ?? []));
};

function overtaken({ name, ordering }: TestedIntegration, successes: readonly SeenRequest[]): string[] {
  if (ordering === 'unordered') return [];
  const problems: string[] = [];
  const seen = new Set<number>();
  const highest = new Map<string, number>();
  const inOrder = [...successes].sort((a, b) => a.arrivedAtMs - b.arrivedAtMs);
  for (const n of inOrder.flatMap(({ members }) => members)) {
    if (seen.has(n)) continue;
    seen.add(n);
    const lane = ordering === 'by-key' ? orderingKeyOf(n) : '';
    const before = highest.get(lane) ?? -1;
    if (n < before) problems.push(`${name}: event ${n} first succeeded after event ${before}`);
    highest.set(lane, Math.max(before, n));
  }
  return problems;
}
