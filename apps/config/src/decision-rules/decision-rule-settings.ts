import { type DecisionRuleSettings, secretOwner } from '@hookstile/contracts';
import type { TenantSecrets } from '@hookstile/service-runtime';
import { InputErrors } from '../input/input-errors.js';
import { authHeaderOf, authSettings } from '../request-input/auth-settings.js';
import { headerSettings } from '../request-input/header-settings.js';
import { SecretSealer } from '../request-input/secret-sealer.js';
import { checkSettingsSize } from '../request-input/settings-size.js';
import { checkUrl } from '../request-input/url-input.js';
import type { DecisionRuleDto } from './decision-rule.dto.js';
import { bodyTextOf } from './json-input.js';
import { checkNoParameters, checkParameters, UNKNOWN_PARAMETER } from './parameter-checks.js';

export interface SettingsContext {
  ruleId: string;
  /** What is stored now; null for a new rule. */
  current: DecisionRuleSettings | null;
  secrets: TenantSecrets;
  nowMs: number;
}

const DEFAULTS = {
  verification: 'json',
  match: 'first',
  responseActions: [],
  onError: 'deny',
  timeoutMs: 5_000,
  cacheSeconds: 0,
} as const;

/**
 * A checked input as settings with every default spelled out. Throws `invalid` with all that is wrong, or
 * `unknown_parameter` where that is all.
 */
export function makeRuleSettings(input: DecisionRuleDto, context: SettingsContext): DecisionRuleSettings {
  const errors = new InputErrors();
  const { current, secrets, nowMs } = context;
  const place = {
    pointer: '',
    sealer: new SecretSealer(secrets, secretOwner('decision-rule', context.ruleId), nowMs, errors),
    errors,
  };
  const body = bodyTextOf(input.body);
  checkUrl('/url', input.url, errors);
  checkNoParameters(input.url, errors);
  checkParameters(input.headers, body, errors);
  if (input.method === 'GET' && body !== null) {
    errors.add('/body', 'not_applicable', 'a GET request has no body; leave it out, or use POST.');
  }
  const auth = authSettings(input.auth, current?.auth ?? null, place);
  const headers = headerSettings(input.headers, current?.headers ?? {}, authHeaderOf(input.auth), place);
  const settings: DecisionRuleSettings = {
    name: input.name,
    method: input.method,
    url: input.url,
    headers,
    auth,
    body,
    verification: input.verification ?? DEFAULTS.verification,
    match: input.match ?? DEFAULTS.match,
    responseActions: (input.responseActions ?? DEFAULTS.responseActions).map(({ type, key, value }) => ({
      type,
      key,
      value,
    })),
    onError: input.onError ?? DEFAULTS.onError,
    timeoutMs: input.timeoutMs ?? DEFAULTS.timeoutMs,
    cacheSeconds: input.cacheSeconds ?? DEFAULTS.cacheSeconds,
  };
  checkSettingsSize(settings, 'a decision rule', errors);
  errors.throwIfAny(UNKNOWN_PARAMETER);
  return settings;
}
