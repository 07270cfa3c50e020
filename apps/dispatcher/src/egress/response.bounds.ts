/** How much of a request's body, and of a response's, is kept for the event log. */
export const KEPT_BODY_MAX_BYTES = 64 * 1024;

/** A longer body costs its connection instead of being read to its end. */
export const DRAINED_BODY_MAX_BYTES = 1024 * 1024;

/** So does a body in more pieces: each chunk of a chunked body costs as much as a whole answer's. */
export const DRAINED_BODY_MAX_PIECES = 4_096;

/** A body that goes on after the headers may hold up the outcome this long, and never beyond the deadline. */
export const BODY_GRACE_MS = 500;

/** Names and values of an answer's headers; an answer with more is none. A journal record holds them all. */
export const RESPONSE_HEADERS_MAX_BYTES = 16 * 1024;

/** An answer with more of them is none. */
export const RESPONSE_HEADERS_MAX_COUNT = 256;

/** Answers of 1xx before the one that counts. */
export const INTERIM_ANSWERS_MAX = 16;

/** What may come for one request in all: blanks, chunk sizes and interim answers count, too, which no other bound does. */
export const RESPONSE_WIRE_MAX_BYTES = 2 * 1024 * 1024;

/** What the parser is given of it at a time. */
export const READ_MAX_BYTES = 4 * 1024;

/** A connection with nothing to do is closed by then, though its server offers to keep it for longer. */
export const IDLE_CONNECTION_MAX_MS = 60_000;
