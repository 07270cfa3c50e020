import { homedir } from 'node:os';
import { join } from 'node:path';

/** Downloads live outside HOOKSTILE_HOME: they outlive it and are shared by all stacks of a user. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.HOOKSTILE_CACHE) return environment.HOOKSTILE_CACHE;
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, 'hookstile');
  return join(environment.HOME || homedir(), '.cache', 'hookstile');
}
