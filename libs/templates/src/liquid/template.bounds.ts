/** A template's text. */
export const TEMPLATE_MAX_CHARACTERS = 16 * 1024;

/** Of the thread's work, looked at between any two parts of a template. */
export const TEMPLATE_RENDER_MAX_MS = 50;

/** What a template may make: a body, or a header's value before the header rules look at it. */
export const TEMPLATE_OUTPUT_MAX_BYTES = 1024 * 1024;

/**
 * What the filters of one rendering may take in, and ranges hold, all together: a character counts 1, an element of an
 * array `TEMPLATE_ELEMENT_WEIGHT`. Filters are not interrupted, so that this bounds what one of them has before it.
 */
export const TEMPLATE_WORK_MAX = 1024 * 1024;

export const TEMPLATE_ELEMENT_WEIGHT = 16;

/** The first or the last number of a range. */
export const TEMPLATE_RANGE_END_MAX = 1_000_000_000;

/** How a date is to be written: a few characters of it ask for a lot of work, which nothing else counts. */
export const TEMPLATE_DATE_FORM_MAX_CHARACTERS = 255;
