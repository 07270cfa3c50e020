import type { PoolBounds } from '@hookstile/service-runtime';

/**
 * A page that several filters leave little of looks at thousands of rows. Views are read through a pool of their own, so that
 * searches can use up neither the projector's connections nor more of Postgres than this; a statement beyond the bound
 * is cancelled, and its error means `unavailable`.
 */
export const READ_POOL: PoolBounds = { connectionsMax: 4, connectTimeoutMs: 2_000, statementTimeoutMs: 10_000 };
