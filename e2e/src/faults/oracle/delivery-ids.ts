import type { Evidence } from './evidence.types.ts';

/** Which delivery an event's number is at an integration, as audit says. */
export function deliveryIdOf({
  accepted,
  deliveries,
}: Pick<Evidence, 'accepted' | 'deliveries'>): (integrationId: string, n: number) => string | undefined {
  const numbers = new Map(accepted.map(({ eventId, n }) => [eventId, n]));
  const ids = new Map(
    deliveries.map(({ id, integrationId, eventId }) => [`${integrationId} ${numbers.get(eventId)}`, id]),
  );
  return (integrationId, n) => ids.get(`${integrationId} ${n}`);
}
