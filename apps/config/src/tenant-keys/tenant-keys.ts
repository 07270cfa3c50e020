import type { Configuration } from '@hookstile/contracts';
import type { EventStoreTransaction } from '@hookstile/event-store';
import { type KeyRing, KeyRingError, ProblemError, type TenantSecrets } from '@hookstile/service-runtime';
import { configurationRecord } from '../publishes/configuration.publisher.js';
import type { TenantKeyRow, TenantKeyStore } from './tenant-key.store.js';

export interface RewrappedBatch {
  rewrapped: number;
  /** Tenants whose keys no key of the ring opens. */
  unreadable: readonly string[];
  /** Where the next batch begins, or null behind the last one. */
  last: string | null;
}

/** Gives each tenant the key of its secrets, and takes it away. Each change goes to `configuration` as well. */
export class TenantKeys<Handle> {
  constructor(
    private readonly store: TenantKeyStore<Handle>,
    private readonly ring: KeyRing,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Seals and opens the tenant's secrets. A tenant without a key gets one, whose record stands in the outbox before
   * whatever is sealed under it. The caller holds the tenant. Rejects with `unavailable` where the ring lacks its key.
   */
  async secretsOf(transaction: EventStoreTransaction<Handle>, tenantId: string): Promise<TenantSecrets> {
    const { wrapped } =
      (await this.store.get(transaction.handle, tenantId)) ?? (await this.firstRow(transaction, tenantId));
    if (!wrapped) throw new ProblemError('not_found', 'There is no such tenant.');
    try {
      return this.ring.secretsOf(tenantId, wrapped);
    } catch (cause) {
      if (!(cause instanceof KeyRingError)) throw cause;
      const detail = `The key of the tenant's secrets stands under "${wrapped.keyId}", which this service's ring cannot open.`;
      throw new ProblemError('unavailable', detail, { cause });
    }
  }

  /** No copy of the tenant's secrets can be opened any more. A tenant that never had a key gets the record all the same. */
  async forget(transaction: EventStoreTransaction<Handle>, tenantId: string): Promise<void> {
    const row = (await this.store.lock(transaction.handle, tenantId)) ?? (await this.firstRow(transaction, tenantId));
    const forgotten = { tenantId, version: row.version + 1, wrapped: null, at: this.now() };
    await this.store.forget(transaction.handle, forgotten);
    await transaction.enqueue([tenantKeyRecord(forgotten)]);
  }

  /** Puts the newest state into the outbox once more. */
  async republish(transaction: EventStoreTransaction<Handle>, tenantId: string): Promise<void> {
    const row = await this.store.lock(transaction.handle, tenantId);
    if (row) await transaction.enqueue([tenantKeyRecord(row)]);
  }

  /** Wraps keys that stand under another key of the ring under its first one, by tenant behind `after`. */
  async rewrap(transaction: EventStoreTransaction<Handle>, after: string, limit: number): Promise<RewrappedBatch> {
    const { store, ring } = this;
    const rows = await store.lockOthers(transaction.handle, ring.currentId, after, limit);
    const rewrapped: TenantKeyRow[] = [];
    const unreadable: string[] = [];
    for (const { tenantId, version, wrapped } of rows) {
      try {
        if (!wrapped) continue;
        const again = ring.rewrapped(wrapped, tenantId);
        rewrapped.push({ tenantId, version: version + 1, wrapped: again, at: this.now() });
      } catch (error) {
        if (!(error instanceof KeyRingError)) throw error;
        unreadable.push(tenantId);
      }
    }
    await store.replace(transaction.handle, rewrapped);
    await transaction.enqueue(rewrapped.map(tenantKeyRecord));
    const last = rows.length < limit ? null : (rows.at(-1)?.tenantId ?? null);
    return { rewrapped: rewrapped.length, unreadable, last };
  }

  private async firstRow(transaction: EventStoreTransaction<Handle>, tenantId: string): Promise<TenantKeyRow> {
    const row = { tenantId, version: 1, wrapped: this.ring.newTenantKey(tenantId), at: this.now() };
    if (await this.store.add(transaction.handle, row)) {
      await transaction.enqueue([tenantKeyRecord(row)]);
      return row;
    }
    const others = await this.store.get(transaction.handle, tenantId);
    if (!others) throw new ProblemError('conflict', 'The tenant got its key at the same time.');
    return others;
  }

  private now(): string {
    return new Date(this.nowMs()).toISOString();
  }
}

/** The record of a tenant's key in the topic `configuration`. */
export function tenantKeyRecord({ tenantId, version, wrapped, at }: TenantKeyRow) {
  const configuration: Configuration = {
    kind: 'tenant-key',
    id: tenantId,
    version,
    deleted: wrapped === null,
    at,
    tenantId,
    wrapped,
  };
  return configurationRecord(configuration);
}
