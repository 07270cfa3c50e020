import { OPERATIONAL_EVENT_TYPES } from '@hookstile/contracts';
import type { EventStoreTransaction } from '@hookstile/event-store';
import { operationalEventRecord } from '../publishes/events.publisher.js';
import type { ReadModelStore } from '../read-models/read-model.store.js';
import type { IntegrationNotice } from './integration-notice.js';

export interface TellingContext<Handle> {
  transaction: EventStoreTransaction<Handle>;
  readModels: ReadModelStore<Handle>;
  partitionCount: number;
}

/** What an integration's `eventTypes` name where it wants events of the type; `*` is none of them. */
export function patternsFor(type: string): string[] {
  const patterns = [type];
  for (let dot = type.indexOf('.'); dot >= 0; dot = type.indexOf('.', dot + 1)) {
    patterns.push(`${type.slice(0, dot)}.*`);
  }
  return patterns;
}

/** What names any of the operational events. */
export const SUBSCRIBING_PATTERNS: readonly string[] = [...new Set(OPERATIONAL_EVENT_TYPES.flatMap(patternsFor))];

/** Puts the notice into the outbox, in the transaction of what it tells; not where nobody would get it. */
export async function tell<Handle>(context: TellingContext<Handle>, notice: IntegrationNotice): Promise<void> {
  const { readModels, transaction, partitionCount } = context;
  const { tenantId, type, id, integrationId, integrationName, state, reason, enablement, version, at } = notice;
  const subscription = { tenantId, patterns: patternsFor(type), exceptId: integrationId };
  if (!(await readModels.isSubscribed(transaction.handle, subscription))) return;
  const run = (await readModels.failuresOf(tenantId, [integrationId], transaction.handle)).get(integrationId);
  const consecutiveFailures = run?.enablement === enablement ? run.consecutiveFailures : 0;
  const data = { integrationId, integrationName, state, reason, consecutiveFailures, version, at };
  await transaction.enqueue([
    operationalEventRecord({ tenantId, type, id, subject: integrationId, at, data }, partitionCount),
  ]);
}
