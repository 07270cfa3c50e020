import type { Evidence, Rule } from './evidence.types.ts';

const FINAL = new Set(['delivered', 'failed', 'held', 'discarded']);

const keyOf = (integrationId: string, eventId: string) => `${integrationId} ${eventId}`;

/** Every acknowledged event has ended as delivered, failed, held or discarded at each integration, and audit says so. */
export const accounted: Rule = (evidence) => [
  ...eventsWithoutOutcome(evidence),
  ...deliveriesWithoutEnd(evidence),
  ...deliveredWithoutSuccess(evidence),
];

function eventsWithoutOutcome({ accepted, events }: Evidence): string[] {
  const routed = new Set(events.filter(({ outcome }) => outcome === 'routed').map((e) => `${e.tenantId} ${e.eventId}`));
  return accepted
    .filter(({ tenantId, eventId }) => !routed.has(`${tenantId} ${eventId}`))
    .map(({ eventId }) => `audit does not have the accepted event ${eventId} as routed`);
}

/** What is routed after an integration was deleted makes no delivery for it. */
function deliveriesWithoutEnd({ accepted, integrations, deliveries, changes }: Evidence): string[] {
  const deleted = new Set(changes.flatMap(({ to, integrationId }) => (to === 'deleted' ? [integrationId] : [])));
  const views = new Map(deliveries.map((view) => [keyOf(view.integrationId, view.eventId), view]));
  const integrationsOf = Map.groupBy(integrations, ({ tenantId }) => tenantId);
  return accepted.flatMap(({ tenantId, eventId }) =>
    (integrationsOf.get(tenantId) ?? []).flatMap(({ id, name }) => {
      const view = views.get(keyOf(id, eventId));
      if (view === undefined) return deleted.has(id) ? [] : [`${name}: no delivery of the accepted event ${eventId}`];
      return FINAL.has(view.status) ? [] : [`${name}: ${view.id} of ${eventId} is still ${view.status}`];
    }),
  );
}

function deliveredWithoutSuccess({ accepted, deliveries, requests }: Evidence): string[] {
  const numbers = new Map(accepted.map(({ eventId, n }) => [eventId, n]));
  const succeeded = new Set(
    requests
      .filter(({ status }) => status === 200)
      .flatMap(({ integrationId, members }) => members.map((n) => `${integrationId} ${n}`)),
  );
  return deliveries.flatMap(({ id, integrationId, status, eventId }) =>
    status === 'delivered' && !succeeded.has(`${integrationId} ${numbers.get(eventId)}`)
      ? [`${id} of ${eventId} is called delivered, and was not`]
      : [],
  );
}
