import type { Origin, Principal } from '@hookstile/service-runtime';

export type { Origin };

export const SYSTEM_ORIGIN: Origin = {
  actor: { type: 'system', id: null, name: null, role: null },
  requestId: null,
};

/** Who makes a request; `header` is its X-Request-Id. */
export type OriginOf = (principal: Principal, header: unknown) => Origin;
