import { type SealedSecret, secretOwner } from '@hookstile/contracts';
import type { EventStoreTransaction } from '@hookstile/event-store';
import type { Clock } from '@hookstile/service-runtime';
import type { TenantKeys } from '../tenant-keys/tenant-keys.js';

/** Answers that are about no tenant hold no secret: a tenant as it was created. */
type Content = { plain: string } | { tenantId: string; sealed: SealedSecret };

/** Seals what is kept of answers under their tenants' keys: they may hold secrets that are shown once. */
export class AnswerSealer<Handle> {
  constructor(
    private readonly tenantKeys: TenantKeys<Handle>,
    private readonly clock: Clock,
  ) {}

  /** The transaction holds the tenant. */
  async seal(
    transaction: EventStoreTransaction<Handle>,
    tenantId: string | null,
    id: string,
    plain: string,
  ): Promise<Content> {
    if (tenantId === null) return { plain };
    const secrets = await this.tenantKeys.secretsOf(transaction, tenantId);
    const sealed = secrets.seal(plain, secretOwner('idempotency-key', id), this.clock.nowMs());
    // What an answer ends with is none of what may be shown of a secret.
    return { tenantId, sealed: { ...sealed, lastFour: '' } };
  }

  async open(transaction: EventStoreTransaction<Handle>, id: string, content: unknown): Promise<string> {
    const kept = content as Content;
    if ('plain' in kept) return kept.plain;
    const secrets = await this.tenantKeys.secretsOf(transaction, kept.tenantId);
    return secrets.open(kept.sealed, secretOwner('idempotency-key', id));
  }
}
