/** Templates that are kept read, of all integrations; they share those that are alike, as of one profile. */
export const READ_TEMPLATES_MAX = 1_000;

/** Of their texts together; what is read takes up to some 200 bytes a character. */
export const READ_TEMPLATES_MAX_CHARACTERS = 256 * 1024;

/** A header's value that a template makes; servers refuse headers of 8 to 16 KiB altogether. */
export const FILLED_IN_HEADER_MAX_CHARACTERS = 8 * 1024;

/** Work on the bodies of one push of several, looked at between any two deliveries; a single one has its own bound. */
export const FILLING_IN_MAX_MS = 200;

/** Work on the templates of one push's headers, looked at between any two headers; a single one has its own bound. */
export const FILLING_IN_HEADERS_MAX_MS = 50;

/** What the templates of a push of several make together. */
export const FILLED_IN_BODY_MAX_BYTES = 4 * 1024 * 1024;
