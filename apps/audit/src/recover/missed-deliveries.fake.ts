import { aDelivery } from '@hookstile/testing';
import { journaled, journalRecord, received, sampleAttempt, sampleDiscarded } from '../project/sample-records.js';
import type { ProjectionStore } from '../projection/projection.store.js';
import { writeBatches } from '../projection/write-batches.js';
import type { RecoveryListStore, RecoveryStore } from './recovery.store.js';
import type { NewRecovery, SelectedStatus } from './recovery.types.js';
import type { RecoveryLease, RecoveryWorkStore } from './recovery-work.store.js';

export interface RecoveryStores {
  projections: ProjectionStore;
  store: RecoveryStore;
  lists: RecoveryListStore;
  work: RecoveryWorkStore;
}

export const SINCE_MS = Date.parse('2026-01-02T00:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const TERM_MS = 60_000;
export const BY = { actor: { type: 'platform', id: null, name: null, role: null }, requestId: 'req_1' } as const;
const ENDINGS = { delivered: { push: 'delivered' }, failed: { push: 'failed', outcome: 'failed' } } as const;

let made = 0;

/** A tenant of a test's own with one integration, whose deliveries stand at rising offsets of `deliveries`. */
export class MissedDeliveries {
  readonly tenantId: string;
  readonly integrationId: string;
  private sequence = 0;

  constructor(readonly stores: RecoveryStores) {
    made += 1;
    this.tenantId = `ten_recovered_${made}`;
    this.integrationId = `int_recovered_${made}`;
  }

  /** Says how the event `n`, of the hour `n`, ended at an offset. */
  async ended(
    n: number,
    offset: number,
    status: 'delivered' | 'failed' | 'discarded',
    integrationId = this.integrationId,
  ): Promise<string> {
    const acceptedAt = new Date(SINCE_MS + n * HOUR_MS).toISOString();
    const event = { tenantId: this.tenantId, id: `evt_${n}`, acceptedAt };
    const delivery = aDelivery({ event, integrationId });
    this.sequence += 1;
    const about = { sequence: this.sequence, deliveries: [journaled(delivery, offset)] };
    const record =
      status === 'discarded'
        ? sampleDiscarded(delivery, about)
        : sampleAttempt(delivery, { ...about, attempt: this.sequence, ...ENDINGS[status] });
    const records = [received(journalRecord(record), this.sequence)];
    await writeBatches(this.stores.projections, [{ topic: 'attempts', records }]);
    return delivery.envelope.deliveryId;
  }

  selection(given: Partial<NewRecovery> = {}): NewRecovery {
    made += 1;
    const { tenantId, integrationId } = this;
    const selected: SelectedStatus = 'failed';
    return {
      ...{ id: `rcv_${made}`, tenantId, integrationId, selected, ratePerSecond: 10 },
      ...{ sinceMs: SINCE_MS, untilMs: SINCE_MS + 24 * HOUR_MS, startedAtMs: SINCE_MS + made, startedBy: BY },
      ...given,
    };
  }

  async start(given: Partial<NewRecovery> = {}): Promise<string> {
    const started = await this.stores.store.start(this.selection(given), null);
    if (started.outcome !== 'started') throw new Error(started.outcome);
    return started.recovery.id;
  }

  async lease(id: string, termMs = TERM_MS): Promise<RecoveryLease> {
    const leases = await this.stores.work.lease({ owner: 'a', working: [] }, termMs, 1_000);
    const found = leases.find((lease) => lease.id === id);
    if (!found) throw new Error(`${id} was not to be had`);
    return found;
  }

  get(id: string) {
    return this.stores.store.get(this.tenantId, id);
  }
}
