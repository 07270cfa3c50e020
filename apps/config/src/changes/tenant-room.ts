import type { EventStoreTransaction } from '@hookstile/event-store';
import { ProblemError } from '@hookstile/service-runtime';
import type { ReadModelStore } from '../read-models/read-model.store.js';

/** A tenant's integrations, rules, event types and keys as JSON. Every service keeps them in memory, at several bytes a byte. */
export const TENANT_CONFIGURATION_MAX_BYTES = 32 * 1024 * 1024;
/** What keeping a thing costs beside its JSON, so that a million small ones are not for free. */
export const THING_BYTES = 512;

/**
 * What changes that are under way at once may add: 32 of the largest that one request can make. Who is further from the
 * bound waits for nobody; commits that wait for each other take the disk's time each, and not one for all.
 */
export const UNDER_WAY_MAX_BYTES = 8 * 1024 * 1024;

/** How much larger a thing became, as JSON. */
export function growthOf(before: unknown, after: unknown): number {
  return Buffer.byteLength(JSON.stringify(after)) - Buffer.byteLength(JSON.stringify(before));
}

/** Holds a transaction to what a tenant's things may take: at its end, when all that it changes is written. */
export class TenantRoom<Handle> {
  /** Tenants whose things grow, and what theirs may take although it is above the bound. */
  private readonly grown = new Map<string, number>();

  constructor(
    private readonly transaction: EventStoreTransaction<Handle>,
    private readonly readModels: Pick<ReadModelStore<Handle>, 'bytesOfTenant'>,
    private readonly maxBytes: number,
  ) {}

  /** What the tenant's things take, as this transaction has them. */
  bytesOf(tenantId: string): Promise<number> {
    return this.readModels.bytesOfTenant(this.transaction.handle, tenantId, THING_BYTES);
  }

  /** Has it looked at, at the end, what the tenant's things take. */
  require(tenantId: string, allowedBytes = 0): void {
    this.grown.set(tenantId, allowedBytes);
  }

  /** Rejects with `configuration_full` where a tenant's things take more than they may. */
  async settle(): Promise<void> {
    for (const [tenantId, allowedBytes] of this.grown) {
      if ((await this.bytesOf(tenantId)) + UNDER_WAY_MAX_BYTES <= this.maxBytes) continue;
      const takenBytes = await this.bytesInTurn(tenantId);
      if (takenBytes > Math.max(this.maxBytes, allowedBytes)) throw configurationFull(takenBytes, this.maxBytes);
    }
  }

  /**
   * From here until the transaction ends the tenant's others that grow wait, so that each counts those before it. The last
   * lock of all: whoever waited for another one behind it could wait for a change that waits for this.
   */
  private async bytesInTurn(tenantId: string): Promise<number> {
    await this.transaction.lock({ aggregate: 'room', id: tenantId });
    return this.bytesOf(tenantId);
  }
}

function configurationFull(takenBytes: number, maxBytes: number): ProblemError {
  return new ProblemError(
    'configuration_full',
    `All that the tenant has configured may take ${maxBytes} bytes, and would take ${takenBytes}.`,
  );
}
