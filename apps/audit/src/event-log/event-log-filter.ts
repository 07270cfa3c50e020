import type { EventLogFilters, EventLogLine } from './event-log.store.js';
import { isFound } from './event-log-search.js';

/** Whether a list by these filters, and a stream, shows the attempt. */
export function isShown(line: EventLogLine, filters: EventLogFilters): boolean {
  const { since, until, q, deliveryId, eventType, eventId, ...equal } = filters;
  if (Object.entries(equal).some(([name, value]) => line[name as keyof EventLogLine] !== value)) return false;
  if (deliveryId !== undefined && !(line.deliveryIds ?? [line.deliveryId]).includes(deliveryId)) return false;
  if (eventId !== undefined && !(line.eventIds ?? [line.eventId]).includes(eventId)) return false;
  if (eventType !== undefined && !(line.eventTypes ?? [line.eventType]).includes(eventType)) return false;
  if (since !== undefined && line.atMs < since) return false;
  if (until !== undefined && line.atMs >= until) return false;
  return q === undefined || isFound(line, q);
}
