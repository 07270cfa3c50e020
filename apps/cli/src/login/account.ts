import type { Account } from '../api/api-client.ts';
import { usageError } from '../cli.error.ts';
import type { Profiles } from './profiles.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every command takes. */
export interface AccountOptions {
  profile?: string;
  tenant?: string;
}

const given = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

/** The API's base URL, without a slash at the end. Throws what is wrong with it. */
export function baseUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw usageError(`"${text}" is no URL; http://localhost:4000 is one.`);
  }
  if (url.username || url.password || url.search || url.hash) {
    throw usageError('the URL must have neither a user, a query nor a fragment.');
  }
  return url.href.replace(/\/+$/, '');
}

const KEY = /^[\x21-\x7e]{1,256}$/;

/** Checked before it is sent: what is no header value would be quoted by the error of whoever refuses to send it. */
export function checkedKey(key: string): string {
  if (!KEY.test(key)) throw usageError(key === '' ? 'No key was given.' : 'That is no key.');
  return key;
}

function envKeyOf({ HOOKSTILE_API_KEY: key }: Environment): string | null {
  const text = given(key);
  return text === null ? null : checkedKey(text.trim());
}

/** The account that a command acts as: what the environment says, then the profile. */
export async function accountOf(
  { profile, tenant }: AccountOptions,
  environment: Environment,
  profiles: Profiles,
): Promise<Account> {
  const [envUrl, envKey] = [given(environment.HOOKSTILE_URL), envKeyOf(environment)];
  const url = envUrl === null ? null : baseUrlOf(envUrl);
  const name = profile ?? given(environment.HOOKSTILE_PROFILE);
  const tenantGiven = tenant ?? given(environment.HOOKSTILE_TENANT);
  if (url !== null && envKey !== null) return { url, key: envKey, tenant: tenantGiven };
  const found = await profiles.find(name);
  if (!found) {
    throw usageError(
      name === null
        ? 'You are not logged in: run "hookstile login", or set HOOKSTILE_URL and HOOKSTILE_API_KEY.'
        : `There is no profile "${name}": run "hookstile login --profile ${name}".`,
    );
  }
  // A key is sent only where it was given for.
  if (url !== null && url !== found.url) {
    throw usageError(`HOOKSTILE_URL names another address than the profile (${found.url}): set HOOKSTILE_API_KEY too.`);
  }
  return { url: found.url, key: envKey ?? found.key, tenant: tenantGiven ?? found.tenant };
}
