/** For the answer to a request that changes or reads one thing, and for one that goes through a whole list. */
export const REQUEST_TIMEOUT_MS = 30_000;
export const APPLY_TIMEOUT_MS = 120_000;
/** Of a file or of what is piped in: what the API takes of a list. */
export const INPUT_MAX_BYTES = 4 * 1024 * 1024;
/** An answer, and one message of a stream; nothing that the API sends comes near. */
export const ANSWER_MAX_BYTES = 64 * 1024 * 1024;
export const MESSAGE_MAX_CHARACTERS = 16 * 1024 * 1024;
/** A stream says something every 15 seconds; one that does not has broken. */
export const SILENCE_MAX_MS = 45_000;
/** Between two tries to connect again: as the stream says, then twice as long each time, up to this. */
export const RECONNECT_DELAY_MS = 1_000;
export const RECONNECT_DELAY_MAX_MS = 30_000;
