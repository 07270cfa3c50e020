import { type EventAttributes, type IntegrationConfiguration, isReservedType } from '@hookstile/contracts';
import { type RejectionCode } from '../accept/rejection.js';
import type { RoutingConfiguration } from '../consumes/configuration.consumer.js';
import { placeOf } from '../inbox/settlement.js';
import { verdictOf } from '../inbox/verdict.js';
import type { MatchedEvent } from '../match/event-values.js';
import type { Admission } from './admission.js';
import type { SourceRecord } from './source-record.js';

/** What becomes of a record of `events`; there is no other end (invariant 1). */
export type Fate =
  | { outcome: 'routed'; event: EventAttributes; data: Buffer; integrations: readonly IntegrationConfiguration[] }
  | { outcome: 'filtered'; event: EventAttributes; detail: string }
  | { outcome: 'duplicate'; event: EventAttributes }
  | { outcome: 'rejected'; event: EventAttributes | null; code: RejectionCode; detail: string };

const ID_REUSED = 'An event with this source and id, but another type, subject, data or time, came before.';

export function fateOf(source: SourceRecord, configuration: RoutingConfiguration, admission: Admission): Fate {
  const { reading, inboxEntry } = source;
  if (reading.outcome === 'rejected') {
    return { outcome: 'rejected', event: reading.attributes, code: reading.code, detail: reading.detail };
  }
  const { attributes: event, data } = reading;
  if (admission.refused.has(source) || !configuration.knowsTenant(event.tenantId)) {
    return { outcome: 'rejected', event, code: 'unknown_tenant', detail: `There is no tenant ${event.tenantId}.` };
  }
  const rejection = inboxEntry && admission.rejected.get(placeOf(inboxEntry));
  if (rejection) return { outcome: 'rejected', event, code: 'invalid', detail: rejection };
  const holder = inboxEntry && admission.holders.get(inboxEntry.key);
  if (!inboxEntry || !holder) throw new Error('an event was not claimed in the inbox before its fate was asked');
  switch (verdictOf(inboxEntry, holder)) {
    case 'duplicate':
      return { outcome: 'duplicate', event };
    case 'id_reused':
      return { outcome: 'rejected', event, code: 'id_reused', detail: ID_REUSED };
    case 'first': {
      const integrations = receiversOf({ attributes: event, data }, configuration);
      if (integrations.length > 0) return { outcome: 'routed', event, data, integrations };
      return { outcome: 'filtered', event, detail: whyNobody(event, configuration) };
    }
  }
}

/** An operational event never goes to the integration that it is about: one that fails would be told so in vain, and fail again. */
function receiversOf(event: MatchedEvent, configuration: RoutingConfiguration): readonly IntegrationConfiguration[] {
  const { tenantId, type, subject } = event.attributes;
  const matched = configuration.matcherOf(tenantId).match(event);
  return isReservedType(type) ? matched.filter(({ id }) => id !== subject) : matched;
}

function whyNobody({ tenantId, type }: EventAttributes, configuration: RoutingConfiguration): string {
  const isWanted = configuration.matcherOf(tenantId).wants(type);
  return isWanted
    ? 'Integrations want events of this type, but not this one.'
    : 'No integration wants events of this type.';
}
