import type { Condition, IntegrationConfiguration } from '@hookstile/contracts';

interface Prepared {
  tokens: string[];
  condition: Condition;
}

/** What the index is compared with: the data is parsed once, and every condition of every integration is asked of it. */
export function scanOf(
  integrations: readonly IntegrationConfiguration[],
): (type: string, data: Buffer) => IntegrationConfiguration[] {
  const prepared = integrations.map((integration) => ({
    integration,
    prefixes: integration.settings.eventTypes.map((pattern) => pattern.slice(0, -1)),
    conditions: (integration.settings.filter ?? []).map((condition) => ({
      tokens: condition.pointer.split('/').slice(2),
      condition,
    })),
  }));
  return (type, data) => {
    const document: unknown = JSON.parse(data.toString());
    const found: IntegrationConfiguration[] = [];
    for (const { integration, prefixes, conditions } of prepared) {
      if (!prefixes.some((prefix) => type.startsWith(prefix))) continue;
      if (conditions.every((each) => holds(each, document))) found.push(integration);
    }
    return found;
  };
}

function holds({ tokens, condition: { op, value } }: Prepared, document: unknown): boolean {
  let found = document;
  for (const token of tokens) found = (found as Record<string, unknown> | undefined)?.[token];
  switch (op) {
    case 'eq':
      return found === value;
    case 'in':
      return value.some((each) => each === found);
    case 'gt':
      return typeof found === 'number' && found > value;
    case 'gte':
      return typeof found === 'number' && found >= value;
    default:
      throw new Error(`the scan knows no ${op}`);
  }
}
