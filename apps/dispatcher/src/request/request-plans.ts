import { type IntegrationConfiguration, type SealedSecret, secretOwner } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import { ReadTemplates } from './read-templates.js';
import { type RequestPlan, requestPlanOf } from './request-plan.js';
import { RequestUnbuildableError } from './request-unbuildable.error.js';
import type { SecretOpener } from './tenant-secret-opener.js';

/** About 1 KiB each. */
const PLANS_MAX = 10_000;

/** Keeps the plans of the integrations in use, so that secrets are opened once a version and not once a request. */
export class RequestPlans {
  readonly #plans = new LRUCache<string, RequestPlan>({ max: PLANS_MAX });
  readonly #templates = new ReadTemplates();
  readonly #opener: SecretOpener;
  readonly #userAgent: string;

  constructor(opener: SecretOpener, userAgent: string) {
    this.#opener = opener;
    this.#userAgent = userAgent;
  }

  /** Throws `RequestUnbuildableError`. */
  of(integration: IntegrationConfiguration): RequestPlan {
    const known = this.#plans.get(integration.id);
    if (known?.integrationVersion === integration.version) return known;
    const open = (sealed: SealedSecret) => this.#open(integration, sealed);
    const plan = requestPlanOf(integration, this.#userAgent, open, this.#templates);
    this.#plans.set(integration.id, plan);
    return plan;
  }

  /** Of an integration that was parked, say, or deleted: the next request prepares it again. */
  forget(integrationId: string): void {
    this.#plans.delete(integrationId);
  }

  #open({ id, tenantId }: IntegrationConfiguration, sealed: SealedSecret): string {
    try {
      return this.#opener.open(sealed, secretOwner('integration', id), tenantId);
    } catch (cause) {
      throw new RequestUnbuildableError(`A secret could not be opened: no usable key "${sealed.keyId}".`, { cause });
    }
  }
}
