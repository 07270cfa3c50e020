/** Within a cluster; beyond, the asking process answers with what it knows itself. */
export const FORWARD_TIMEOUT_MS = 2_000;

/** A page of 200 waiting deliveries with the longest ids, types and sources. */
export const FORWARDED_BODY_MAX_BYTES = 8 * 1024 * 1024;
