import { describe, expect, it } from 'vitest';
import { heedIfMatch, requireIfMatch } from './if-match.js';

const codeOf = (header: string | undefined, check = requireIfMatch): string => {
  try {
    check(header, 3);
    return 'passed';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('If-Match', () => {
  it('is needed', () => {
    expect(codeOf(undefined)).toBe('if_match_required');
    expect(codeOf(' ')).toBe('if_match_required');
  });

  it('passes with the current tag, alone or among others, and with *', () => {
    for (const header of ['"3"', '"1", "3"', '*']) expect(codeOf(header), header).toBe('passed');
  });

  it('fails with any other tag, a weak one and one without quotes', () => {
    for (const header of ['"2"', 'W/"3"', '3', '"33"', 'x']) expect(codeOf(header), header).toBe('version_mismatch');
  });

  it('may be left out where it is only heeded; an empty one matches no version', () => {
    expect(codeOf(undefined, heedIfMatch)).toBe('passed');
    expect(codeOf('"3"', heedIfMatch)).toBe('passed');
    for (const header of ['', ' ', '"2"']) expect(codeOf(header, heedIfMatch), header).toBe('version_mismatch');
  });
});
