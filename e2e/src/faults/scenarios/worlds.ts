import type { WorldPlan } from '../world/world.ts';

/** Every kind of endpoint and of lanes; about 250 deliveries a second. */
export const MIXED: WorldPlan = {
  tenants: 2,
  endpoints: ['slow', 'flaky', 'broken', 'dead', 'counting', 'keyed', 'unordered', 'batched'],
  perSecond: 16,
};

/** The same, slow enough for lanes with retries to keep up although nothing flows half of the time. */
export const CALM: WorldPlan = { ...MIXED, perSecond: 4 };

/** Lanes that park and drain all the time: many transactions. */
export const PARKING: WorldPlan = { tenants: 3, endpoints: ['flaky', 'counting', 'keyed', 'batched'], perSecond: 20 };

/** As fast as a few lanes go, where no attempt fails. */
export const FAST: WorldPlan = { tenants: 6, endpoints: ['healthy', 'healthy', 'healthy'], perSecond: 20 };

/** A little load at endpoints that take all they get, beside a scenario's own. */
export const HEALTHY: WorldPlan = { tenants: 2, endpoints: ['healthy', 'healthy'], perSecond: 10 };
