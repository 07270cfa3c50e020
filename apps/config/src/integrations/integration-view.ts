import type { DisabledReason, IntegrationSettings, OAuth2 } from '@hookstile/contracts';
import type { Integration } from './integration.decider.js';
import { type MaskedSecret, masked } from './masked-secret.js';

/** The version of the built-in profiles that an integration was last written under. */
const PROFILE_VERSION = 1;

type Auth = IntegrationSettings['request']['auth'];

type MaskedAuth =
  | { type: 'none' }
  | { type: 'apiKey'; header: string; value: MaskedSecret }
  | { type: 'bearer'; token: MaskedSecret }
  | { type: 'basic'; username: string; password: MaskedSecret }
  | (Omit<OAuth2, 'clientSecret'> & { clientSecret: MaskedSecret });

/** What a user gives of an integration, with every default spelled out and secrets masked. */
export interface IntegrationDocument {
  name: string;
  profile: string;
  url: string;
  enabled: boolean;
  eventTypes: string[];
  filter: [];
  request: {
    method: string;
    headers: Record<string, MaskedSecret>;
    auth: MaskedAuth;
    body: { format: string };
    sign: { scheme: string; algorithm: string; secret: MaskedSecret | null };
    timeoutMs: number;
    tls: { verify: true };
  };
  ordering: IntegrationSettings['ordering'];
  batch: IntegrationSettings['batch'];
  retry: IntegrationSettings['retry'];
  disableAfter: number | null;
  disableAfterMs: number | null;
  rateLimit: { perSecond: number } | null;
  logPayloads: string;
}

export interface IntegrationView extends IntegrationDocument {
  id: string;
  tenantId: string;
  version: number;
  profileVersion: number;
  state: 'enabled' | 'disabled';
  disabledReason: DisabledReason | null;
  disabledNote: string | null;
  consecutiveFailures: number;
  createdAt: string;
  updatedAt: string;
}

export function integrationDocument({ settings, state }: Integration): IntegrationDocument {
  const { request } = settings;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, masked(value)]);
  return {
    name: settings.name,
    profile: settings.profile,
    url: settings.url,
    enabled: state === 'enabled',
    eventTypes: settings.eventTypes,
    filter: [],
    request: {
      method: request.method,
      headers: Object.fromEntries(headers),
      auth: maskedAuth(request.auth),
      body: request.body,
      sign: { ...request.sign, secret: request.sign.secret && masked(request.sign.secret) },
      timeoutMs: request.timeoutMs,
      tls: { verify: true },
    },
    ordering: settings.ordering,
    batch: settings.batch,
    retry: settings.retry,
    disableAfter: settings.disableAfter,
    disableAfterMs: settings.disableAfterMs,
    rateLimit: settings.rateLimit ?? null,
    logPayloads: settings.logPayloads,
  };
}

export function integrationView(id: string, integration: Integration, consecutiveFailures: number): IntegrationView {
  return {
    id,
    tenantId: integration.tenantId,
    ...integrationDocument(integration),
    version: integration.version,
    profileVersion: PROFILE_VERSION,
    state: integration.state,
    disabledReason: integration.disabledReason,
    disabledNote: integration.note,
    consecutiveFailures,
    createdAt: integration.createdAt,
    updatedAt: integration.updatedAt,
  };
}

function maskedAuth(auth: Auth): MaskedAuth {
  switch (auth.type) {
    case 'none':
      return { type: 'none' };
    case 'apiKey':
      return { type: 'apiKey', header: auth.header, value: masked(auth.value) };
    case 'bearer':
      return { type: 'bearer', token: masked(auth.token) };
    case 'basic':
      return { type: 'basic', username: auth.username, password: masked(auth.password) };
    case 'oauth2':
      return { ...auth, clientSecret: masked(auth.clientSecret) };
  }
}
