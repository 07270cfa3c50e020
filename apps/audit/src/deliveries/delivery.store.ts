import type { DeliveryRow, DeliveryStatus } from '../project/rows.js';
import type { ListedRows, PageRequest } from '../read/list-page.js';

export interface DeliveryFilters {
  integrationId?: string;
  eventId?: string;
  eventType?: string;
  status?: DeliveryStatus;
  /** Unix milliseconds, inclusive. */
  since?: number;
  /** Unix milliseconds, exclusive. */
  until?: number;
}

export interface DeliveryLine extends Omit<DeliveryRow, 'deliveryOffset' | 'epoch' | 'sequence' | 'firstOffset'> {
  /** How many of its attempts the event log holds, late ones left out. */
  attemptCount: number;
}

/** Deliveries, by `acceptedAt` and `deliveryId`. */
export interface DeliveryStore {
  list(tenantId: string, filters: DeliveryFilters, page: PageRequest): Promise<ListedRows<DeliveryLine>>;
  /** Of several with one id, the one whose event was accepted last. */
  get(tenantId: string, deliveryId: string): Promise<DeliveryLine | null>;
  /** The same, with the position of what was said of it last, and without its attempts. */
  find(tenantId: string, deliveryId: string): Promise<DeliveryRow | null>;
}

export const DELIVERY_STORE = Symbol('DeliveryStore');
