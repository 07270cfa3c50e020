import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeByRename } from '../write-by-rename.ts';
import type { ApiClient } from './api-client.ts';

export const DEMO_TENANT = 'demo';
export const DEMO_EVENT_TYPE = 'order.placed';
export const DEMO_WEBHOOKS = ['healthy', 'recovers', 'dead'] as const;
export type DemoWebhook = (typeof DEMO_WEBHOOKS)[number];

/** Delays stay short so that the demo ends while one watches. */
const SETTINGS: Record<DemoWebhook, object> = {
  healthy: { retry: { delaysMs: [1_000, 2_000] } },
  recovers: { retry: { delaysMs: [500, 1_000, 2_000] } },
  dead: { retry: { delaysMs: [200] }, disableAfter: 3 },
};

export interface DemoIntegration {
  id: string;
  signingSecret: string;
}

/** Kept from start to start, since secrets are shown only once. */
export interface DemoSetup {
  apiKey: string;
  integrations: Record<DemoWebhook, DemoIntegration>;
}

/** The demo's tenant, key and integrations: those of an earlier start where they still exist. */
export async function setUpDemo(home: string, api: ApiClient, receiverUrl: string): Promise<DemoSetup> {
  const path = join(home, 'demo.json');
  const kept = readSetup(path);
  if ((await api.call('GET', `/v1/tenants/${DEMO_TENANT}`)).status === 404) {
    await api.expect('POST', '/v1/tenants', { id: DEMO_TENANT, name: 'Demo', plan: 'standard' });
  }
  const setup: DemoSetup = {
    apiKey: await apiKey(api, kept),
    integrations: {
      healthy: await integration(api, 'healthy', kept, receiverUrl),
      recovers: await integration(api, 'recovers', kept, receiverUrl),
      dead: await integration(api, 'dead', kept, receiverUrl),
    },
  };
  writeByRename(path, `${JSON.stringify(setup, null, 2)}\n`, 0o600);
  return setup;
}

function readSetup(path: string): Partial<DemoSetup> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<DemoSetup>;
  } catch {
    return {};
  }
}

async function apiKey(api: ApiClient, kept: Partial<DemoSetup>): Promise<string> {
  if (kept.apiKey !== undefined) {
    const answer = await api.call('GET', '/v1/me', undefined, { authorization: `Bearer ${kept.apiKey}` });
    if (answer.status === 200) return kept.apiKey;
  }
  return (await api.expect('POST', '/v1/api-keys', { name: 'Demo', role: 'admin' })).body.key as string;
}

async function integration(
  api: ApiClient,
  name: DemoWebhook,
  kept: Partial<DemoSetup>,
  receiverUrl: string,
): Promise<DemoIntegration> {
  const url = `${receiverUrl}/${name}`;
  const known = kept.integrations?.[name];
  if (known !== undefined) {
    const answer = await api.call('GET', `/v1/integrations/${known.id}`);
    if (answer.status === 200) {
      await renew(api, known.id, url, { url: String(answer.body.url), state: String(answer.body.state) });
      return known;
    }
  }
  const created = await api.expect('POST', '/v1/integrations', { name: `Demo: ${name}`, url, ...SETTINGS[name] });
  return { id: created.body.id as string, signingSecret: created.body.signingSecret as string };
}

/** The ports may be others than last time, and what the last demo disabled has to be enabled to be disabled again. */
async function renew(api: ApiClient, id: string, url: string, now: { url: string; state: string }): Promise<void> {
  if (now.url !== url) await api.expect('PATCH', `/v1/integrations/${id}`, { url }, { 'if-match': '*' });
  if (now.state === 'disabled') await api.expect('POST', `/v1/integrations/${id}/enable`, { backlog: 'discard' });
}
