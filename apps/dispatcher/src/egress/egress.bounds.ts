/** A connection that is not up by then is given up; an attempt's own deadline is usually shorter. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** Of several addresses, one that does not answer by then lets the next try; Node's 250 ms are less than some routes take. */
export const ADDRESS_TRY_TIMEOUT_MS = 1_000;

/**
 * A name with more has none: each is checked, for every connection anew, and of the thousands that an answer has room for that
 * took 90 ms, in which nothing else is done.
 */
export const ADDRESSES_MAX = 100;

/** A name's addresses beyond these are checked, but not connected to. */
export const ADDRESSES_TRIED_MAX = 8;

/** Of these, through an egress proxy: it is asked for one after the other. */
export const PROXY_ADDRESSES_TRIED_MAX = 2;

/** A name that is not resolved by then is not resolved. */
export const DNS_TIMEOUT_MS = 2_000;

/** A DNS server has so long before the question is put again, to the next one where there are several. */
export const DNS_TRY_TIMEOUT_MS = 600;
export const DNS_TRIES_MAX = 3;

/** Where one kind of address is known (A or AAAA), the other kind has so long. */
export const DNS_OTHER_KIND_TIMEOUT_MS = 250;

/** Different names that are resolved at the same time; for one more, the oldest is given up. */
export const RESOLUTIONS_MAX = 1_024;

/** How often the addresses of the platform's own names are learned again, and how long a connection waits for them at first. */
export const OWN_ADDRESSES_KEPT_MS = 60_000;
export const OWN_ADDRESSES_TIMEOUT_MS = 2_000;

/** The hosts file is read again after so long, and no further than this. */
export const HOSTS_FILE_KEPT_MS = 10_000;
export const HOSTS_FILE_MAX_BYTES = 1024 * 1024;

/** What an egress proxy answers to CONNECT, headers and all. */
export const PROXY_ANSWER_MAX_BYTES = 16 * 1024;
