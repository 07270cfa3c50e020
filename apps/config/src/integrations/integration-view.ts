import type { DisabledReason, IntegrationSettings } from '@hookstile/contracts';
import { FIRST_PROFILE_VERSION } from '../profiles/profile-catalog.js';
import { type MaskedAuth, maskedAuth } from '../request-input/masked-auth.js';
import { type MaskedSecret, masked } from '../request-input/masked-secret.js';
import { type BodyDocument, bodyDocument } from './body-settings.js';
import type { Integration } from './integration.decider.js';
import { type SignDocument, signDocument } from './sign-settings.js';
import { type TlsDocument, tlsDocument } from './tls-settings.js';

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
    body: BodyDocument;
    sign: SignDocument;
    timeoutMs: number;
    tls: TlsDocument;
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
      body: bodyDocument(request.body),
      sign: signDocument(request.sign),
      timeoutMs: request.timeoutMs,
      tls: tlsDocument(request.tls),
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
    profileVersion: integration.settings.profileVersion ?? FIRST_PROFILE_VERSION,
    state: integration.state,
    disabledReason: integration.disabledReason,
    disabledNote: integration.note,
    consecutiveFailures,
    createdAt: integration.createdAt,
    updatedAt: integration.updatedAt,
  };
}

/** What a receiver needs to know of a rotation. */
export interface RotatedSecret {
  /** Shown this once; null where the receiver has the public key instead. */
  signingSecret: string | null;
  publicKey: string | null;
  /** Until when the secret before signs as well; null: it does not. */
  previousUntil: string | null;
}

export function rotatedSecret({ request }: IntegrationDocument, signingSecret: string | null): RotatedSecret {
  const { publicKey = null, previous } = request.sign;
  return { signingSecret, publicKey, previousUntil: previous?.until ?? null };
}
