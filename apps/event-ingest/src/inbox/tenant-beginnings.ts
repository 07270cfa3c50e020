import type { Clock } from '@hookstile/service-runtime';
import { NEVER_REFUSED, type TenantBeginning, type TenantBeginningStore } from './tenant-beginning.store.js';

/** Tenants times partitions of which a process remembers that they have begun; beyond, it asks the store again. */
export const REMEMBERED_MAX_COUNT = 100_000;

/** An event of a tenant, and where it stands. */
interface Placed {
  tenantId: string;
  partition: number;
  offset: number;
}

/** What becomes of events; that holds also for whoever reads them again, under whatever configuration. */
export interface Settled<T> {
  taken: T[];
  refused: T[];
}

const placeOf = (tenantId: string, partition: number) => `${partition} ${tenantId}`;

/**
 * Decides for each event, once, whether it is taken or rejected because its tenant is unknown. Otherwise a router that
 * died before its progress was stored would have rejected an event that the next one, which knows the tenant by then,
 * takes: the event would have two fates, and its repetition would be the duplicate of one that may never be delivered.
 *
 * One offset a tenant and partition is enough: a partition's events are settled in order, and who knows a tenant at one
 * of them knows it at those behind.
 */
export class TenantBeginnings {
  /** Refused-through of what has begun, which never changes any more. */
  private readonly begun = new Map<string, number>();

  constructor(
    private readonly store: TenantBeginningStore,
    private readonly clock: Pick<Clock, 'nowMs'>,
  ) {}

  /** Of tenants that are known: all are taken but those that were refused before. */
  take<T extends Placed>(events: readonly T[]): Promise<Settled<T>> {
    return this.settle(events, () => ({ refusedThrough: NEVER_REFUSED, begun: true }));
  }

  /** Of tenants that nobody knows at a barrier passed since: all are refused but those that were taken before. */
  refuse<T extends Placed>(events: readonly T[]): Promise<Settled<T>> {
    return this.settle(events, ({ offset }) => ({ refusedThrough: offset, begun: false }));
  }

  private async settle<T extends Placed>(
    events: readonly T[],
    findingOf: (last: T) => Pick<TenantBeginning, 'refusedThrough' | 'begun'>,
  ): Promise<Settled<T>> {
    const last = new Map(events.map((event) => [placeOf(event.tenantId, event.partition), event]));
    const through = new Map<string, number>();
    const unknown: TenantBeginning[] = [];
    for (const [place, event] of last) {
      const remembered = this.begun.get(place);
      if (remembered !== undefined) through.set(place, remembered);
      else unknown.push({ tenantId: event.tenantId, sourcePartition: event.partition, ...findingOf(event) });
    }
    for (const { tenantId, sourcePartition, refusedThrough, begun } of await this.ask(unknown)) {
      const place = placeOf(tenantId, sourcePartition);
      through.set(place, refusedThrough);
      if (begun) this.remember(place, refusedThrough);
    }
    const isRefused = ({ tenantId, partition, offset }: T) =>
      offset <= (through.get(placeOf(tenantId, partition)) ?? NEVER_REFUSED);
    return { taken: events.filter((event) => !isRefused(event)), refused: events.filter(isRefused) };
  }

  private async ask(unknown: readonly TenantBeginning[]): Promise<readonly TenantBeginning[]> {
    return unknown.length === 0 ? [] : this.store.settle(unknown, this.clock.nowMs());
  }

  private remember(place: string, refusedThrough: number): void {
    if (this.begun.size >= REMEMBERED_MAX_COUNT) this.begun.clear();
    this.begun.set(place, refusedThrough);
  }
}
