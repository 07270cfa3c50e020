export const BODY_MAX_BYTES = 256 * 1024;
/** Of all requests that are being read or answered: sixteen of the largest batches of events. */
export const HELD_BODIES_MAX_BYTES = 64 * 1024 * 1024;
/** Of one tenant's, so that four must come together to keep the others out. */
export const HELD_BODIES_OF_TENANT_MAX_BYTES = HELD_BODIES_MAX_BYTES / 4;
/** Bodies mostly come with their heads; more than this many that do not are slow ones. */
export const BODIES_ARRIVING_OF_TENANT_MAX = 500;
/** Of one process; a setting. An idle connection costs some kilobytes. */
export const CONNECTIONS_MAX = 10_000;
export const PIPELINED_MAX = 32;
export const HEADERS_MAX_BYTES = 16 * 1024;
export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 30_000;
export const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** Nothing is read or written for so long: the longest answer, an integration's test, takes 110 s; a stream tells more often. */
export const STALLED_TIMEOUT_MS = 150_000;
/** How often Node looks for requests that are overdue. */
export const OVERDUE_CHECK_INTERVAL_MS = 2_000;
export const PATH_PARAMETER_MAX_LENGTH = 512;
/** What is still being served when the server closes may take this long; then its connection is cut. */
export const CLOSE_TIMEOUT_MS = 5_000;

export interface ConnectionBounds {
  connectionsMax: number;
  /** Requests of one connection that are served at a time; a client that waits for each answer has one. */
  pipelinedMax: number;
}

export interface HeldBodiesBounds {
  /** Of all callers together. */
  heldBodiesMaxBytes: number;
  heldBodiesOfTenantMaxBytes: number;
  /** Bodies of one tenant that are still on their way. */
  bodiesArrivingOfTenantMax: number;
}

export interface HttpBounds extends ConnectionBounds, HeldBodiesBounds {
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  stalledTimeoutMs: number;
  overdueCheckIntervalMs: number;
  closeTimeoutMs: number;
}

export const HTTP_BOUNDS: HttpBounds = {
  headersTimeoutMs: HEADERS_TIMEOUT_MS,
  requestTimeoutMs: REQUEST_TIMEOUT_MS,
  overdueCheckIntervalMs: OVERDUE_CHECK_INTERVAL_MS,
  closeTimeoutMs: CLOSE_TIMEOUT_MS,
  stalledTimeoutMs: STALLED_TIMEOUT_MS,
  heldBodiesMaxBytes: HELD_BODIES_MAX_BYTES,
  heldBodiesOfTenantMaxBytes: HELD_BODIES_OF_TENANT_MAX_BYTES,
  bodiesArrivingOfTenantMax: BODIES_ARRIVING_OF_TENANT_MAX,
  connectionsMax: CONNECTIONS_MAX,
  pipelinedMax: PIPELINED_MAX,
};
