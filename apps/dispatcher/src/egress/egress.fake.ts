import { systemClock } from '@hookstile/service-runtime';
import { DispatcherEnv } from '../dispatcher.env.js';
import { type Egress, type EgressParts, type EgressSettings, egressOf } from './egress.js';

/** The real way out, to loopback too. The platform's own endpoints are those of the default settings. */
export function egressUnderTest(settings: Partial<EgressSettings> = {}, parts: Partial<EgressParts> = {}): Egress {
  const env = Object.assign(new DispatcherEnv(), { HOOKSTILE_EGRESS_ALLOW: ['127.0.0.0/8'], ...settings });
  return egressOf(env, { clock: systemClock, ...parts });
}
