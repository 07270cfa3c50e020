import { RE2JS } from 're2js';

/** In characters. */
export const PATTERN_MAX_LENGTH = 512;
/** Instructions of a compiled pattern: what each character of a text costs at most. */
const PROGRAM_MAX_SIZE = 500;

export interface LinearPattern {
  test(text: string): boolean;
  /** What compiled schemas tell their patterns apart by. */
  toString(): string;
}

/**
 * A pattern that takes time linear in the text, whatever the pattern: RE2 knows neither lookaround nor references back,
 * and never goes back. Throws where it cannot be read, or is too large.
 */
export function linearPattern(pattern: string): LinearPattern {
  if (pattern.length > PATTERN_MAX_LENGTH) throw new RangeError(`it has more than ${PATTERN_MAX_LENGTH} characters`);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  if (compiled.programSize() > PROGRAM_MAX_SIZE) throw new RangeError('it repeats too much');
  return { test: (text) => compiled.test(text), toString: () => pattern };
}
