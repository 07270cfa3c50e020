import { type Actor, newId } from '@hookstile/contracts';
import type { Clock, RandomBytes } from '../clock.js';
import type { Principal } from './principal.js';

/** Who causes a change, and in which request. */
export interface Origin {
  actor: Actor;
  requestId: string | null;
}

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const ID_RANDOM_BYTES = 10;

/** The caller's own request id (`header` is its X-Request-Id) where it gave a usable one, else a new one. */
export function originOf(principal: Principal, header: unknown, clock: Clock, randomBytes: RandomBytes): Origin {
  const given = typeof header === 'string' && REQUEST_ID.test(header) ? header : null;
  return {
    actor: actorOf(principal),
    requestId: given ?? newId('req', clock.nowMs(), randomBytes(ID_RANDOM_BYTES)),
  };
}

function actorOf(principal: Principal): Actor {
  if (principal.type === 'platform') return { type: 'platform', id: null, name: null, role: null };
  return { type: 'api_key', id: principal.keyId, name: principal.keyName, role: principal.role };
}
