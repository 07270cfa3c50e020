import { type Account, ApiClient } from './api/api-client.ts';
import { type AccountOptions, accountOf, type Environment } from './login/account.ts';
import { Profiles } from './login/profiles.ts';
import { printableJson, type Terminal } from './terminal.ts';

/** What a run is made of; tests give their own. */
export interface Context {
  terminal: Terminal;
  environment: Environment;
  /** Where profiles are kept, as XDG_CONFIG_HOME. */
  configHome: string;
  version: string;
  /** In names of temporary files. */
  uniqueSuffix: string;
  fetch: typeof fetch;
  /**
   * Ends what goes on until it is told to stop. From the first call on Ctrl-C aborts it; before, and for whoever never
   * calls, Ctrl-C ends the process at once.
   */
  untilStopped(): AbortSignal;
}

export const profilesOf = ({ configHome, uniqueSuffix }: Context): Profiles => new Profiles(configHome, uniqueSuffix);

export const clientFor = (context: Context, account: Account): ApiClient =>
  new ApiClient(account, context.version, context.fetch);

export async function clientOf(context: Context, options: AccountOptions): Promise<ApiClient> {
  return clientFor(context, await accountOf(options, context.environment, profilesOf(context)));
}

export const printJson = ({ terminal }: Context, value: unknown): void =>
  terminal.out(`${printableJson(JSON.stringify(value, null, 2))}\n`);
