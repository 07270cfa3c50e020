import { deliveriesOfEvent } from '../read/deliveries-of-event.js';
import { hasDeliveryId } from '../read/delivery-ids.js';
import { type IndexedFilter, type ListPath, type Narrowing, Narrowings } from '../read/list-paths.js';
import type { ListWindow } from '../read/list-windows.js';
import type { ViewReader } from '../read/view-reader.js';
import type { EventLogFilters } from './event-log.store.js';
import { searched, searchTextOf } from './event-log-search.js';
import { pathsByDeliveries, searchPaths } from './search-paths.js';

const OF_TYPE = 'event_type collate "C" = ?';
const OF_BATCHED_TYPE = 'event_types @> array[?::text]';
const OF_DELIVERY = [hasDeliveryId('?::text'), 'delivery_ids @> array[?::text]'];
const OF_TEST = `trigger <> 'event' and trigger collate "C" = 'test'`;
const IS_BATCH = 'delivery_ids is not null';

type NarrowingIn = (window: ListWindow) => Narrowing | Promise<Narrowing>;

/** Where to look for what the filters show. */
export async function eventLogNarrowing(
  views: ViewReader,
  tenantId: string,
  filters: EventLogFilters,
): Promise<NarrowingIn> {
  const { deliveryId, eventId, q } = filters;
  const searching = (narrowings: Narrowings) =>
    q === undefined ? narrowings : narrowings.byLookingFor(searched(searchTextOf(q)));
  if (deliveryId !== undefined || eventId !== undefined) {
    const paths =
      deliveryId === undefined
        ? await pathsToEvent(views, tenantId, eventId ?? '')
        : await pathsToDelivery(views, tenantId, deliveryId, eventId);
    const narrowing = searching(narrowingsBy(filters)).byFew({ text: 'true' }, paths);
    return () => narrowing;
  }
  if (q === undefined) return () => narrowingsBy(filters);
  const pathsIn = await searchPaths(views, tenantId, q);
  return async (window) => {
    const found = await pathsIn(window);
    return found ? narrowingsBy(filters).byIndexes(found) : searching(narrowingsBy(filters));
  };
}

/** Each filter by the index that serves it; what nearly all attempts have in common has none. */
function narrowingsBy({ integrationId, eventType, httpStatus, outcome, error, trigger }: EventLogFilters): Narrowings {
  const narrowings = new Narrowings()
    .byIndex('error is not null and error collate "C" = ?', error)
    .byIndex('integration_id = ?', integrationId)
    .byIndexes(eventType === undefined ? null : ofType(eventType));
  if (httpStatus === 200) narrowings.byLooking('http_status = ?', httpStatus);
  else narrowings.byIndex('http_status <> 200 and http_status = ?', httpStatus);
  if (outcome === 'failed') narrowings.byIndex("outcome = 'failed' and outcome = ?", outcome);
  else narrowings.byLooking('outcome = ?', outcome);
  if (trigger === 'event') return narrowings.byLooking('trigger = ?', trigger);
  return narrowings.byIndex(`trigger <> 'event' and trigger collate "C" = ?`, trigger);
}

/** Of a batch the index knows the first delivery's type only. */
function ofType(eventType: string): IndexedFilter {
  return {
    condition: { text: `${OF_TYPE} or ${OF_BATCHED_TYPE}`, value: eventType },
    paths: [
      { indexed: [{ text: OF_TYPE, value: eventType }], filters: [] },
      { indexed: [{ text: IS_BATCH }], filters: [{ text: OF_BATCHED_TYPE, value: eventType }] },
    ],
  };
}

async function pathsToEvent(views: ViewReader, tenantId: string, eventId: string): Promise<ListPath[]> {
  // The events of tests are in no other table.
  const ofTest = { indexed: [{ text: OF_TEST }], filters: [{ text: 'event_id = ?', value: eventId }] };
  return [...pathsByDeliveries(await deliveriesOfEvent(views, tenantId, eventId)), ofTest];
}

/** A batch of a delivery has others too, and is of an event only by those of that event. */
async function pathsToDelivery(
  views: ViewReader,
  tenantId: string,
  deliveryId: string,
  eventId: string | undefined,
): Promise<ListPath[]> {
  const to = (filters: ListPath['filters']): ListPath[] =>
    OF_DELIVERY.map((text) => ({ indexed: [{ text, value: deliveryId }], filters, unordered: true }));
  if (eventId === undefined) return to([]);
  const ofEvent = await deliveriesOfEvent(views, tenantId, eventId);
  const text = `event_id = (?::text[])[1] or coalesce(delivery_ids, array[delivery_id::text]) && (?::text[])[2:]`;
  return to([{ text, value: [eventId, ...ofEvent] }]);
}
