import type { Account } from '../api/api-client.ts';
import { usageError } from '../cli.error.ts';
import { type Context, clientFor, printJson, profilesOf } from '../context.ts';
import { type AccountOptions, baseUrlOf, checkedKey } from '../login/account.ts';
import { DEFAULT_PROFILE } from '../login/profiles.ts';
import { runFileOf } from '../login/run-file.ts';
import { printable } from '../terminal.ts';

export interface LoginOptions extends AccountOptions {
  url?: string;
  /** A stack's home, or true for the usual one. */
  local?: string | true;
  json?: boolean;
}

interface Me {
  tenantId: string | null;
  role: string;
}

const DEFAULT_URL = 'http://localhost:4000';
const DEFAULT_HOME = '.hookstile';

/** Checks address and key, and keeps both. */
export async function login(context: Context, options: LoginOptions): Promise<void> {
  const account = await accountFrom(context, options);
  const { tenantId, role } = await clientFor(context, account).call<Me>({ method: 'GET', path: '/v1/me' });
  const name = options.profile ?? DEFAULT_PROFILE;
  const profiles = profilesOf(context);
  await profiles.save(name, account);
  const { url } = account;
  if (options.json) return printJson(context, { profile: name, url, tenantId, role });
  const who =
    tenantId === null ? `${printable(role)}, for no tenant` : `${printable(role)} of tenant ${printable(tenantId)}`;
  context.terminal.out(`Logged in to ${url} as ${who}; profile "${name}" in ${profiles.path}.\n`);
  if (tenantId === null) {
    context.terminal.err(
      'The platform key needs a tenant for most commands: log in with --tenant <id>, or give it each time.\n',
    );
  }
}

async function accountFrom(context: Context, options: LoginOptions): Promise<Account> {
  const tenant = options.tenant ?? null;
  if (options.local !== undefined) {
    if (options.url !== undefined) throw usageError('--local knows the URL: leave --url out.');
    const home = options.local === true ? (context.environment.HOOKSTILE_HOME ?? DEFAULT_HOME) : options.local;
    return { ...(await runFileOf(home)), tenant };
  }
  const url = baseUrlOf(options.url ?? (await askedUrl(context)));
  return { url, key: await askedKey(context), tenant };
}

async function askedUrl({ terminal }: Context): Promise<string> {
  if (!terminal.isInteractive) throw usageError('Give the address with --url; the key is read from what is piped in.');
  return (await terminal.ask(`Address (${DEFAULT_URL}): `)).trim() || DEFAULT_URL;
}

/** Never from the command line, which every user of the machine can read. */
async function askedKey({ terminal }: Context): Promise<string> {
  const text = terminal.isInteractive ? await terminal.askSecretly('API key: ') : (await terminal.input()).toString();
  return checkedKey(text.trim());
}
