import { DisabledReason, Filter, IntegrationSettings } from '@hookstile/contracts';
import { Count, Nullable, Time } from '@hookstile/service-runtime';
import { type Static, Type } from 'typebox';
import { FIRST_PROFILE_VERSION } from '../profiles/profile-catalog.js';
import { MaskedAuth, maskedAuth } from '../request-input/masked-auth.js';
import { MaskedSecret, masked } from '../request-input/masked-secret.js';
import { BodyDocument, bodyDocument } from './body-settings.js';
import type { Integration } from './integration.decider.js';
import { SignDocument, signDocument } from './sign-settings.js';
import { TlsDocument, tlsDocument } from './tls-settings.js';

const { properties: settings } = IntegrationSettings;

const document = {
  name: Type.String(),
  profile: Type.String(),
  url: Type.String(),
  enabled: Type.Boolean(),
  eventTypes: Type.Array(Type.String()),
  filter: Filter,
  request: Type.Object({
    method: settings.request.properties.method,
    headers: Type.Record(Type.String(), MaskedSecret),
    auth: MaskedAuth,
    body: BodyDocument,
    sign: SignDocument,
    timeoutMs: Type.Integer(),
    tls: TlsDocument,
  }),
  ordering: settings.ordering,
  batch: settings.batch,
  retry: settings.retry,
  disableAfter: settings.disableAfter,
  disableAfterMs: settings.disableAfterMs,
  rateLimit: Nullable(Type.Object({ perSecond: Type.Integer() })),
  logPayloads: settings.logPayloads,
};

/** What a user gives of an integration, with every default spelled out and secrets masked. */
const IntegrationDocument = Type.Object(document);
export type IntegrationDocument = Static<typeof IntegrationDocument>;

const view = {
  id: Type.String(),
  tenantId: Type.String(),
  ...document,
  version: Type.Integer({ minimum: 1 }),
  profileVersion: Type.Integer({ minimum: 1 }),
  state: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  disabledReason: Nullable(DisabledReason),
  disabledNote: Nullable(Type.String({ description: "Why an admin disabled it, in the admin's words." })),
  consecutiveFailures: Count,
  createdAt: Time,
  updatedAt: Time,
};

export const IntegrationView = Type.Object(view);
export type IntegrationView = Static<typeof IntegrationView>;

/** As it is answered to its creation: with its signing secret, shown this once; null where nothing is signed by one. */
export const CreatedIntegration = Type.Object({ ...view, signingSecret: Nullable(Type.String()) });
export type CreatedIntegration = Static<typeof CreatedIntegration>;

/** As it is answered to a patch: with its signing secret where the patch brought a new one. */
export const ChangedIntegration = Type.Object({ ...view, signingSecret: Type.Optional(Type.String()) });
export type ChangedIntegration = Static<typeof ChangedIntegration>;

export function integrationDocument({ settings, state }: Integration): IntegrationDocument {
  const { request } = settings;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, masked(value)]);
  return {
    name: settings.name,
    profile: settings.profile,
    url: settings.url,
    enabled: state === 'enabled',
    eventTypes: settings.eventTypes,
    filter: settings.filter ?? [],
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
export const RotatedSecret = Type.Object({
  signingSecret: Nullable(
    Type.String({ description: 'Shown this once; null where the receiver has the public key instead.' }),
  ),
  publicKey: Nullable(Type.String()),
  previousUntil: Nullable(
    Type.String({ format: 'date-time', description: 'Until when the secret before signs as well; null: it does not.' }),
  ),
});
export type RotatedSecret = Static<typeof RotatedSecret>;

export function rotatedSecret({ request }: IntegrationDocument, signingSecret: string | null): RotatedSecret {
  const { publicKey = null, previous } = request.sign;
  return { signingSecret, publicKey, previousUntil: previous?.until ?? null };
}
