import { RE2JS } from 're2js';

/** In characters. */
export const PATTERN_MAX_LENGTH = 512;
/** Instructions of a compiled pattern: what each character of a text costs at most. */
const PROGRAM_MAX_SIZE = 500;
/** What is escaped, and flags with the letter i among them. */
const ESCAPED_OR_CASELESS = /\\.|\(\?[a-z-]*i/gis;

export interface LinearPattern {
  /** Instructions of the compiled pattern. */
  readonly size: number;
  test(text: string): boolean;
  /** What compiled schemas tell their patterns apart by. */
  toString(): string;
}

/** Of a range of letters RE2 looks at each to find its other case: a few ranges took seconds to read. */
function ignoresCase(pattern: string): boolean {
  return (pattern.match(ESCAPED_OR_CASELESS) ?? []).some((found) => found.startsWith('('));
}

/**
 * A pattern that takes time linear in the text, whatever the pattern: RE2 knows neither lookaround nor references back,
 * and never goes back. Throws where it cannot be read, is too large, or ignores case.
 */
export function linearPattern(pattern: string): LinearPattern {
  if (pattern.length > PATTERN_MAX_LENGTH) throw new RangeError(`it has more than ${PATTERN_MAX_LENGTH} characters`);
  if (ignoresCase(pattern)) throw new SyntaxError('case cannot be ignored');
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  const size = compiled.programSize();
  if (size > PROGRAM_MAX_SIZE) throw new RangeError('it repeats too much');
  return { size, test: (text) => compiled.test(text), toString: () => pattern };
}
