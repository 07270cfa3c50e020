/** Integrations in one list, which is all that the tenant has afterwards. */
export const APPLY_ITEMS_MAX = 500;
/** Integrations that one list deletes: with as many written anew, about as many outbox rows as may wait for publication. */
export const APPLY_DELETIONS_MAX = 500;
export const APPLY_BODY_MAX_BYTES = 4 * 1024 * 1024;
/** Wrong places that one answer names. */
export const APPLY_ERRORS_MAX = 50;
