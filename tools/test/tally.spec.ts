import { describe, expect, it } from 'vitest';
import { lineOf, plus, tallyOfLine, tallyOfVitest } from './tally.ts';

const file = (status: string, ...results: string[]) => ({
  name: 'a.spec.ts',
  status,
  message: 'it has no default export',
  assertionResults: results.map((result) => ({
    status: result,
    fullName: 'a rule',
    failureMessages: result === 'failed' ? ['expected 1 to be 2'] : [],
  })),
});

describe('the tally of all runners', () => {
  it('sums passed and failed tests, and keeps what failed and why', () => {
    const report = { testResults: [file('failed', 'passed', 'failed'), file('passed', 'passed', 'skipped')] };
    const tally = { passed: 2, failed: 1, failures: ['a.spec.ts > a rule\nexpected 1 to be 2'] };
    expect(tallyOfVitest(report, 1)).toEqual(tally);
    const sum = plus({ passed: 1, failed: 1, failures: ['lint'] }, tally);
    expect(sum.failures).toEqual(['lint', ...tally.failures]);
    expect(lineOf(sum)).toBe('3 passed, 2 failed');
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(tallyOfVitest({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      failures: ['a.spec.ts\nit has no default export'],
    });
  });

  it('counts a run that ended badly, left no report or ran nothing as a failure', () => {
    expect(tallyOfVitest({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(tallyOfVitest(null, null)).toMatchObject({ passed: 0, failed: 1 });
    expect(tallyOfVitest({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('reads the closing line of our own runners, and misses it', () => {
    const lint = 'FAILED lint\n4 passed, 1 failed';
    expect(tallyOfLine(`${lint}\n`, 1)).toEqual({ passed: 4, failed: 1, failures: [lint] });
    expect(tallyOfLine('5 passed, 0 failed\n', 0)).toEqual({ passed: 5, failed: 0, failures: [] });
    expect(tallyOfLine('5 passed, 0 failed\n', 1)).toMatchObject({ passed: 5, failed: 1 });
    expect(tallyOfLine('killed', null)).toEqual({ passed: 0, failed: 1, failures: ['killed'] });
  });
});
