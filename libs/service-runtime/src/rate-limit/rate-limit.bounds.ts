/** Keys whose requests one process counts at a time. Beyond it the one that was quiet for longest begins anew. */
export const COUNTED_KEYS_MAX = 100_000;
/** Addresses whose failures one process counts at a time; likewise. */
export const COUNTED_ADDRESSES_MAX = 10_000;
/** Keys that are remembered as valid while their address is refused. */
export const PROVEN_KEYS_MAX = 10_000;
export const AUTH_FAILURES_WINDOW_S = 60;
