import type { Lane } from './lane.js';
import { longestWaitMs } from './retry-policy.js';

/** The longest that a retry waits; undefined where a lane waits for something else, which may be a month away. */
export function waitMaxMsOf({ state, integration }: Lane): number | undefined {
  const retry = integration.configuration?.settings.retry;
  return state.head?.status === 'waiting' && retry ? longestWaitMs(retry) : undefined;
}
