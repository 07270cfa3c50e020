import type { RunFile } from '../../tools/stack/run-file.ts';
import { FAN_OUT_TYPE } from './load/load-generator.ts';

const REQUEST_TIMEOUT_MS = 10_000;

async function create<T>(run: RunFile, path: string, body: unknown, tenant: string | null): Promise<T> {
  const response = await fetch(`${run.services.config.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${run.adminKey}`,
      'content-type': 'application/json',
      ...(tenant === null ? {} : { 'hookstile-tenant': tenant }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (response.status !== 201) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** A tenant with a producer's key and integrations, each with an event type of its own and the common one. */
export async function createTenant(run: RunFile, integrations: number, receiverPort: number): Promise<string> {
  const { id } = await create<{ id: string }>(run, '/v1/tenants', { name: 'Bench', plan: 'standard' }, null);
  const { key } = await create<{ key: string }>(run, '/v1/api-keys', { name: 'load', role: 'producer' }, id);
  for (let index = 0; index < integrations; index += 1) {
    const integration = {
      name: `receiver ${index}`,
      url: `http://127.0.0.1:${receiverPort}/${index}`,
      eventTypes: [`bench.${index}`, FAN_OUT_TYPE],
    };
    await create(run, '/v1/integrations', integration, id);
  }
  return key;
}
