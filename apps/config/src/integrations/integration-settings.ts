import type { IntegrationSettings } from '@hookstile/contracts';
import type { KeyRing, RandomBytes } from '@hookstile/service-runtime';
import { InputErrors } from '../input/input-errors.js';
import { type Profile, profileNamed, STANDARD_WEBHOOKS } from '../profiles/profile.js';
import { authHeaderOf, authSettings } from '../request-input/auth-settings.js';
import { headerSettings } from '../request-input/header-settings.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import { checkUrl } from '../request-input/url-input.js';
import { checkEventTypes } from './event-types-input.js';
import type { IntegrationDto } from './integration.dto.js';
import { refuseWhatIsNotCarriedOut } from './not-carried-out.js';
import { batchSettings, orderingSettings, retrySettings } from './sending-settings.js';
import { signSettings } from './sign-settings.js';

export interface SettingsContext {
  integrationId: string;
  /** What is stored now; null for a new integration. */
  current: IntegrationSettings | null;
  keyRing: KeyRing;
  randomBytes: RandomBytes;
  nowMs: number;
}

export interface MadeSettings {
  settings: IntegrationSettings;
  /** The signing secret where it is new, to be shown this once. */
  newSigningSecret: string | null;
}

/** What secrets of an integration are bound to; the dispatcher opens them with the same words. */
export function secretOwnerOf(integrationId: string): string {
  return `integration:${integrationId}`;
}

/** A checked input as settings with every default spelled out. Throws `invalid` with all that is wrong. */
export function makeSettings(input: IntegrationDto, context: SettingsContext): MadeSettings {
  const errors = new InputErrors();
  const { current, keyRing, nowMs, randomBytes } = context;
  const sealer = new SecretSealer(keyRing, secretOwnerOf(context.integrationId), nowMs, errors);
  const profile = profileNamed(input.profile ?? STANDARD_WEBHOOKS.name);
  if (!profile) errors.add('/profile', 'profile', `"${input.profile}" is no known profile.`);
  refuseWhatIsNotCarriedOut(input, errors);
  checkUrl('/url', input.url, errors);
  checkEventTypes(input.eventTypes ?? [], errors);
  const request = input.request ?? {};
  const place = { pointer: '/request', sealer, errors };
  const auth = authSettings(request.auth, current?.request.auth ?? null, place);
  const headers = headerSettings(request.headers, current?.request.headers ?? {}, authHeaderOf(request.auth), place);
  const { sign, newSecret } = signSettings(request.sign, current?.request.sign ?? null, sealer, randomBytes, errors);
  const { retry } = (profile ?? STANDARD_WEBHOOKS).settings;
  const ordering = orderingSettings(input.ordering, errors);
  const batch = batchSettings(input.batch, ordering, errors);
  const sending = { ordering, batch, retry: retrySettings(input.retry, retry, errors) };
  errors.throwIfAny();
  return {
    settings: assemble(input, profile ?? STANDARD_WEBHOOKS, { auth, headers, sign }, sending),
    newSigningSecret: newSecret,
  };
}

function assemble(
  input: IntegrationDto,
  { name, settings: { request, ...defaults } }: Profile,
  sealed: Pick<IntegrationSettings['request'], 'auth' | 'headers' | 'sign'>,
  sending: Pick<IntegrationSettings, 'ordering' | 'batch' | 'retry'>,
): IntegrationSettings {
  return {
    name: input.name,
    profile: name,
    url: input.url,
    eventTypes: input.eventTypes ?? defaults.eventTypes,
    request: {
      method: input.request?.method ?? request.method,
      headers: sealed.headers,
      auth: sealed.auth,
      body: { format: 'standard' },
      sign: sealed.sign,
      timeoutMs: input.request?.timeoutMs ?? request.timeoutMs,
    },
    ...sending,
    disableAfter: input.disableAfter === undefined ? defaults.disableAfter : input.disableAfter,
    disableAfterMs: input.disableAfterMs === undefined ? defaults.disableAfterMs : input.disableAfterMs,
    rateLimit: input.rateLimit ?? null,
    logPayloads: input.logPayloads ?? defaults.logPayloads,
  };
}
