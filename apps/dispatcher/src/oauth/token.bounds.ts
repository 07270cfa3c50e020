/** A token request is given up then; an attempt waits for it no longer than its own deadline allows. */
export const TOKEN_REQUEST_TIMEOUT_MS = 30_000;

/** Of a token whose answer does not say for how long it is valid. */
export const TOKEN_LIFETIME_DEFAULT_MS = 300_000;

/** A token is asked for anew after a day, whatever its answer says. */
export const TOKEN_LIFETIME_MAX_MS = 86_400_000;

/** A token is asked for anew so long before it expires, or by this part of its lifetime where that is less. */
export const TOKEN_REFRESH_MARGIN_MS = 60_000;
export const TOKEN_REFRESH_SHARE = 0.2;

/** After a refresh that failed the next one waits, while the token that there is still serves. */
export const TOKEN_REFRESH_PAUSE_MS = 5_000;

/** A token that took the place of a refused one is not replaced before: an endpoint that refuses all would have one issued a request. */
export const TOKEN_REPLACEMENT_PAUSE_MS = 1_000;

/** Kept in memory, of all integrations and rules; about 2 KiB each. */
export const TOKENS_MAX = 10_000;

/** What fits into a header that servers take. */
export const TOKEN_MAX_CHARACTERS = 8_192;
