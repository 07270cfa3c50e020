/** Names and pointers, renamed and left out, of one body. */
export const RESHAPING_MAX_CHANGES = 200;

/** Tokens of a pointer: as deep as data may be. */
export const RESHAPING_MAX_DEPTH = 64;
