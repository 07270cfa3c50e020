import { RE2JS, RE2Set } from 're2js';
import type { WorkBudget } from './work-budget.js';

/** In characters. */
export const PATTERN_MAX_LENGTH = 512;
/** Instructions of a compiled pattern: what each character of a text costs at most. */
const PROGRAM_MAX_SIZE = 500;
/** What a pattern may remember of the texts that it has seen; by default it would be 8 MiB, for each pattern of each schema. */
export const PATTERN_MAX_BYTES = 64 * 1024;
/** What is escaped, and flags with the letter i among them. */
const ESCAPED_OR_CASELESS = /\\.|\(\?[a-z-]*i/gis;

/** What beginning with a text costs, in steps. */
const TEXT_STEPS = 256;
/** A pattern that can go one way only, as most that begin with ^ and name a form, looks at a few instructions. */
const ONE_PASS_STEPS = 16;

export interface LinearPattern {
  /** What a character of a text costs at most, in instructions of the compiled pattern. */
  readonly stepsPerCharacter: number;
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
export function linearPattern(pattern: string, budget: WorkBudget): LinearPattern {
  if (pattern.length > PATTERN_MAX_LENGTH) throw new RangeError(`it has more than ${PATTERN_MAX_LENGTH} characters`);
  if (ignoresCase(pattern)) throw new SyntaxError('case cannot be ignored');
  const translated = RE2JS.translateRegExp(pattern);
  const compiled = RE2JS.compile(translated);
  const size = compiled.programSize();
  if (size > PROGRAM_MAX_SIZE) throw new RangeError('it repeats too much');
  const isOnePass = compiled.re2().onepass !== null;
  const matches = isOnePass ? (text: string) => compiled.test(text) : forgetfulTest(translated);
  const stepsPerCharacter = isOnePass ? Math.min(size, ONE_PASS_STEPS) : size;
  const test = (text: string) => {
    budget.spend(TEXT_STEPS + text.length * stepsPerCharacter);
    return matches(text);
  };
  return { stepsPerCharacter, test, toString: () => pattern };
}

/** A set of one: of what can be told how much it may remember. */
function forgetfulTest(translated: string): (text: string) => boolean {
  const compiled = new RE2Set(RE2Set.UNANCHORED, 0, PATTERN_MAX_BYTES);
  compiled.add(translated);
  return (text) => compiled.match(text).length > 0;
}
