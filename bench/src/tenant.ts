import { FAN_OUT_TYPE } from './load/load-generator.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const CONCURRENT_REQUESTS = 8;

/** Where config answers, and the platform key. */
export interface Api {
  configUrl: string;
  adminKey: string;
}

export async function create<T>(api: Api, path: string, body: unknown, tenant: string | null): Promise<T> {
  const response = await fetch(`${api.configUrl}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${api.adminKey}`,
      'content-type': 'application/json',
      ...(tenant === null ? {} : { 'hookstile-tenant': tenant }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (response.status !== 201) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

export interface TenantPlan {
  integrations: number;
  /** Where the integration of this number receives. */
  urlOf(index: number): string;
  /** Beside name, URL and event types. */
  settings?: object | undefined;
  /** Of one integration, beside those. */
  settingsOf?(index: number): object;
}

export interface BenchTenant {
  id: string;
  /** The producer's key. */
  key: string;
  integrationIds: string[];
}

/** A tenant with a producer's key and integrations, each with an event type of its own and the common one. */
export async function createTenant(api: Api, plan: TenantPlan): Promise<BenchTenant> {
  const { integrations, urlOf, settings = {}, settingsOf } = plan;
  const { id } = await create<{ id: string }>(api, '/v1/tenants', { name: 'Bench', plan: 'standard' }, null);
  const { key } = await create<{ key: string }>(api, '/v1/api-keys', { name: 'load', role: 'producer' }, id);
  const integrationIds: string[] = [];
  let next = 0;
  const createNext = async (): Promise<void> => {
    for (let index = next++; index < integrations; index = next++) {
      const integration = {
        name: `receiver ${index}`,
        url: urlOf(index),
        eventTypes: [`bench.${index}`, FAN_OUT_TYPE],
        ...settings,
        ...settingsOf?.(index),
      };
      integrationIds[index] = (await create<{ id: string }>(api, '/v1/integrations', integration, id)).id;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, createNext));
  return { id, key, integrationIds };
}
