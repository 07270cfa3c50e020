import { type IntegrationSettings, secretOwner } from '@hookstile/contracts';
import type { RandomBytes, TenantSecrets } from '@hookstile/service-runtime';
import { InputErrors } from '../input/input-errors.js';
import { DEFAULT_PROFILE, FIRST_PROFILE_VERSION, type ProfileCatalog } from '../profiles/profile-catalog.js';
import type { IntegrationProfile } from '../profiles/profile-schema.js';
import { authHeaderOf, authSettings } from '../request-input/auth-settings.js';
import { headerSettings } from '../request-input/header-settings.js';
import type { InputPlace } from '../request-input/input-place.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import { checkSettingsSize } from '../request-input/settings-size.js';
import { checkUrl } from '../request-input/url-input.js';
import { bodySettings } from './body-settings.js';
import { checkEventTypes } from './event-types-input.js';
import { type FilledInput, type FilledRequest, fillFromProfile } from './filled-input.js';
import { filterSettings } from './filter-settings.js';
import type { IntegrationDto } from './integration.dto.js';
import { batchSettings, orderingSettings, retrySettings } from './sending-settings.js';
import { signSettings } from './sign-settings.js';
import { checkArrayOfTemplates, checkHeaderTemplates } from './template-checks.js';
import { tlsSettings } from './tls-settings.js';

export interface SettingsContext {
  integrationId: string;
  /** What is stored now; null for a new integration. */
  current: IntegrationSettings | null;
  profiles: ProfileCatalog;
  secrets: TenantSecrets;
  randomBytes: RandomBytes;
  nowMs: number;
}

export interface MadeSettings {
  settings: IntegrationSettings;
  /** What filled in where nothing was given; its rules hold for the integration. */
  profile: IntegrationProfile;
  /** The signing secret where it is new, to be shown this once. */
  newSigningSecret: string | null;
}

/** A checked input as settings with every default spelled out. Throws `invalid` with all that is wrong. */
export function makeSettings(input: IntegrationDto, context: SettingsContext): MadeSettings {
  const errors = new InputErrors();
  const { secrets, nowMs } = context;
  const sealer = new SecretSealer(secrets, secretOwner('integration', context.integrationId), nowMs, errors);
  const profile = profileFor(input.profile, context, errors);
  const filled = fillFromProfile(input, profile.settings);
  checkUrl('/url', input.url, errors);
  checkEventTypes(filled.eventTypes, errors);
  const filter = filterSettings(filled.filter, errors);
  const place = { pointer: '/request', sealer, errors };
  const auth = authFor(input, filled, profile, errors);
  const { request, newSigningSecret } = requestSettings({ ...filled.request, auth }, context, place);
  const sending = sendingSettings(filled, errors);
  checkArrayOfTemplates({ request, ...sending }, (sealed) => sealer.textOf(sealed), errors);
  const { eventTypes, disableAfter, disableAfterMs, rateLimit, logPayloads } = filled;
  const settings: IntegrationSettings = {
    name: input.name,
    profile: profile.name,
    profileVersion: profileVersionOf(profile, context),
    url: input.url,
    eventTypes,
    // Where there is none it stays absent, as in what older releases stored: else it would be a change of each of those.
    ...(filter.length === 0 ? {} : { filter }),
    request,
    ...sending,
    disableAfter,
    disableAfterMs,
    // A plain object: an instance of the input's class would differ from what is stored, and be a change each time.
    rateLimit: rateLimit && { ...rateLimit },
    logPayloads,
  };
  checkSettingsSize(settings, 'an integration', errors);
  errors.throwIfAny();
  return { settings, profile, newSigningSecret };
}

/** An integration keeps the version that it was made under; a new one, or another profile, gets the newest. */
function profileFor(
  name: string | undefined = DEFAULT_PROFILE,
  { current, profiles }: SettingsContext,
  errors: InputErrors,
): IntegrationProfile {
  if (current?.profile === name) return profiles.ofIntegration(name, current.profileVersion);
  const profile = profiles.newest(name);
  if (profile?.describes === 'integration') return profile;
  const detail = profile
    ? `"${name}" describes decision rules, which are made at /v1/decision-rules.`
    : `"${name}" is no known profile.`;
  errors.add('/profile', 'profile', detail);
  return profiles.ofIntegration(DEFAULT_PROFILE);
}

/** What is stored stays, also where this release does not know that version. */
function profileVersionOf({ name, version }: IntegrationProfile, { current }: SettingsContext): number {
  return current?.profile === name ? (current.profileVersion ?? FIRST_PROFILE_VERSION) : version;
}

function requestSettings(
  filled: FilledRequest,
  { current, randomBytes }: SettingsContext,
  place: InputPlace,
): { request: IntegrationSettings['request']; newSigningSecret: string | null } {
  const stored = current?.request;
  const auth = authSettings(filled.auth, stored?.auth ?? null, place);
  const headers = headerSettings(filled.headers, stored?.headers ?? {}, authHeaderOf(filled.auth), place);
  checkHeaderTemplates(filled.headers, place);
  const { sign, newSecret } = signSettings(filled.sign, stored?.sign ?? null, place, randomBytes);
  const body = bodySettings(filled.body, place.errors);
  const tls = tlsSettings(filled.tls, stored?.tls, place);
  const { method, timeoutMs } = filled;
  return { request: { method, headers, auth, body, sign, timeoutMs, tls }, newSigningSecret: newSecret };
}

/** Where the profile needs an auth, "none" is as good as absent. What is absent is named once, as a whole. */
function authFor(
  { request }: IntegrationDto,
  filled: FilledInput,
  { name, requires }: IntegrationProfile,
  errors: InputErrors,
): FilledRequest['auth'] {
  const { auth } = filled.request;
  if (!requires.auth || (request?.auth !== undefined && auth.type !== 'none')) return auth;
  errors.add('/request/auth', 'required', `the profile "${name}" needs an auth.`);
  return { type: 'none' };
}

function sendingSettings(
  filled: FilledInput,
  errors: InputErrors,
): Pick<IntegrationSettings, 'ordering' | 'batch' | 'retry'> {
  const ordering = orderingSettings(filled.ordering, errors);
  const batch = batchSettings(filled.batch, ordering, errors);
  return { ordering, batch, retry: retrySettings(filled.retry, errors) };
}
