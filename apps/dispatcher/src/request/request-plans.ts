import { type IntegrationConfiguration, type SealedSecret, secretOwner } from '@hookstile/contracts';
import { LRUCache } from 'lru-cache';
import { ReadTemplates } from './read-templates.js';
import { type RequestPlan, requestPlanOf } from './request-plan.js';
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
    const owner = secretOwner('integration', integration.id);
    const open = (sealed: SealedSecret) => this.#opener.open(sealed, owner, integration.tenantId);
    const plan = requestPlanOf(integration, this.#userAgent, open, this.#templates);
    this.#plans.set(integration.id, plan);
    return plan;
  }

  /** Of an integration that was parked, say, or deleted: the next request prepares it again. */
  forget(integrationId: string): void {
    this.#plans.delete(integrationId);
  }
}
