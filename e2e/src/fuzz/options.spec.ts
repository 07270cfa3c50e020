import { describe, expect, it } from 'vitest';
import { fuzzOptions, UsageError } from './options.ts';

describe('the options of npm run fuzz', () => {
  it('are three minutes with seed 1 where nothing is said', () => {
    expect(fuzzOptions([])).toEqual({ minutes: 3, seed: 1, keep: false, optional: false });
    expect(fuzzOptions(['--minutes', '1.5', '--seed', '7', '--keep', '--optional'])).toEqual({
      minutes: 1.5,
      seed: 7,
      keep: true,
      optional: true,
    });
  });

  it.each([
    [['--minutes', '0']],
    [['--minutes', 'x']],
    [['--minutes', '1441']],
    [['--seed', '-1']],
    [['--seed', '1.5']],
    [['--surprise']],
    [['more']],
  ])('refuse %j with what is understood', (args) => {
    expect(() => fuzzOptions(args)).toThrow(UsageError);
    expect(() => fuzzOptions(args)).toThrow(/npm run fuzz/);
  });
});
