import { describe, expect, it } from 'vitest';
import { literalsOf, testTitles } from './test-titles.ts';
import { threatProblems } from './threats.ts';

const page = (...rows: string[]): string =>
  [
    '# Security',
    '| A | not a flow | x | y |',
    '### 1. Caller → front door',
    '| | threat | defence | tests |',
    '| --- | --- | --- | --- |',
  ]
    .concat(rows)
    .join('\n');
const REST = '| T, R, I, D, E | all else | **Yours:** keep the network apart | |';
const PATH = 'apps/config/src/a.spec.ts';
const isTest = (path: string, title: string) => (path === PATH ? title === 'is refused' : null);

describe('the page of threats', () => {
  it('is in order where each threat names a test that is there, or says why none can', () => {
    expect(
      threatProblems(page(`| S | a forged key | compared by hash | [is refused](${PATH}) |`, REST), isTest),
    ).toEqual([]);
  });

  it('names each kind of threat for each flow', () => {
    expect(threatProblems(page(REST), isTest)).toEqual([expect.stringMatching(/says nothing of S$/)]);
  });

  it('names no threat without a test, in silence', () => {
    const silent = page('| S | a forged key | compared by hash | |', REST);
    expect(threatProblems(silent, isTest)).toEqual([expect.stringMatching(/SECURITY\.md:6: names no test/)]);
  });

  it('names no test that is not there, and no file', () => {
    const renamed = page(`| S | a forged key | by hash | [is accepted](${PATH}) [gone](apps/none.spec.ts) |`, REST);
    expect(threatProblems(renamed, isTest)).toEqual([
      expect.stringMatching(/has no test "is accepted"/),
      expect.stringMatching(/apps\/none\.spec\.ts is no file/),
    ]);
  });

  it('knows six kinds of threats, and has at least one flow', () => {
    const strange = page(`| S, X | a forged key | by hash | [is refused](${PATH}) |`, REST);
    expect(threatProblems(strange, isTest)).toEqual([expect.stringMatching(/"X" is none of/)]);
    expect(threatProblems('# Security', isTest)).toHaveLength(1);
  });
});

describe('the titles of a spec', () => {
  it('are those of its tests, of tables too, as they are written', () => {
    const source = `
      describe('keys', () => { it("don't open", () => {}); it.each([1])('is %i', () => {}); });
      test.each(rows)(\`is \\\`so\\\`\`, { timeout: 1 }, () => {});
      it(title, () => {});`;
    expect([...testTitles(source)]).toEqual(["don't open", 'is %i', 'is `so`']);
  });

  it('are not those of tests that never run, nor of texts that look like one', () => {
    const source = `
      it.skip('a', () => {}); it.todo('b'); describe.skip('all', () => { it('c', () => {}); });
      // it('d', () => {});
      const text = "it('e', () => {})"; visit('f');`;
    expect([...testTitles(source)]).toEqual([]);
  });

  it('are literals where a check names its rules', () => {
    expect([...literalsOf(`const rule = { name: 'no-cycles' }; // 'not this'`)]).toEqual(['no-cycles']);
  });
});
