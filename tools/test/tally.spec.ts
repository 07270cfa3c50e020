import { describe, expect, it } from 'vitest';
import { lineOf, plus, tallyOfLine, tallyOfVitest } from './tally.ts';

const file = (status: string, ...results: string[]) => ({
  status,
  assertionResults: results.map((result) => ({ status: result })),
});

describe('the tally of all runners', () => {
  it('sums passed and failed tests', () => {
    const report = { testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'skipped')] };
    expect(tallyOfVitest(report, 1)).toEqual({ passed: 2, failed: 1 });
    expect(lineOf(plus({ passed: 1, failed: 1 }, { passed: 2, failed: 0 }))).toBe('3 passed, 1 failed');
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(tallyOfVitest({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
    });
  });

  it('counts a run that ended badly, left no report or ran nothing as a failure', () => {
    expect(tallyOfVitest({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 });
    expect(tallyOfVitest(null, null)).toEqual({ passed: 0, failed: 1 });
    expect(tallyOfVitest({ testResults: [] }, 0)).toEqual({ passed: 0, failed: 1 });
  });

  it('reads the closing line of our own runners, and misses it', () => {
    expect(tallyOfLine('ok\n4 passed, 1 failed\n', 1)).toEqual({ passed: 4, failed: 1 });
    expect(tallyOfLine('5 passed, 0 failed\n', 0)).toEqual({ passed: 5, failed: 0 });
    expect(tallyOfLine('5 passed, 0 failed\n', 1)).toEqual({ passed: 5, failed: 1 });
    expect(tallyOfLine('killed', null)).toEqual({ passed: 0, failed: 1 });
  });
});
