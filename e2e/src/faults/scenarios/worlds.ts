import type { WorldPlan } from '../world/world.ts';

/** Every kind of endpoint; about 240 deliveries a second. */
export const MIXED: WorldPlan = {
  tenants: 2,
  endpoints: ['healthy', 'slow', 'flaky', 'broken', 'dead', 'counting'],
  perSecond: 20,
};

/** Lanes that park and drain all the time: many transactions. */
export const PARKING: WorldPlan = { tenants: 3, endpoints: ['flaky', 'flaky', 'counting', 'broken'], perSecond: 20 };

/** As fast as a few lanes go, where no attempt fails. */
export const FAST: WorldPlan = { tenants: 6, endpoints: ['healthy', 'healthy', 'healthy'], perSecond: 20 };
