import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literalsOf, testTitles } from './test-titles.ts';

/** The page that names the threats and, for each, the tests that show its defence. */
export const THREATS_PAGE = 'SECURITY.md';

/** Where each data flow of the page begins; what follows until the next heading is its table of threats. */
const FLOW = /^### (\d+\. .+)$/;
const HEADING = /^#{1,3} /;
const ROW = /^\|([^|]*)\|(.*)\|$/;
/** Between a table's header and its rows. */
const SEPARATOR = /^\|[\s:|-]+\|$/;
/** Spoofing, tampering, repudiation, information disclosure, denial of service, elevation of privilege. */
const STRIDE = ['S', 'T', 'R', 'I', 'D', 'E'] as const;
const LINK = /\[((?:\\.|[^\]\\])+)\]\(([^)\s]+)\)/g;
/** What Vitest runs, and the suites that it runs for several stores. */
const SPEC = /^(apps|libs|e2e|bench|tools)\/.*\.(spec|conformance)\.ts$/;
/** Besides tests: the steps of `npm run check` and the rules between modules, by their names. */
const NAMED_CHECKS = ['tools/check/run.ts', 'tools/test/run.ts', '.dependency-cruiser.mjs'];
/** How a threat begins its defence that no test of ours can show. */
const WITHOUT_TEST = /^\*\*(Yours|Accepted):\*\* /;

interface Threat {
  flow: string;
  line: number;
  letters: readonly string[];
  defence: string;
  tests: readonly { title: string; path: string }[];
}

function threatsOf(page: string): { flows: string[]; threats: Threat[] } {
  const flows: string[] = [];
  const threats: Threat[] = [];
  let flow: string | null = null;
  const lines = page.split('\n');
  for (const [index, line] of lines.entries()) {
    if (HEADING.test(line)) {
      flow = FLOW.exec(line)?.[1] ?? null;
      if (flow !== null) flows.push(flow);
      continue;
    }
    const isHeader = SEPARATOR.test(lines[index + 1] ?? '');
    const row = isHeader || SEPARATOR.test(line) ? null : ROW.exec(line);
    if (flow !== null && row !== null) threats.push(threatOf(flow, index + 1, row[1] ?? '', row[2] ?? ''));
  }
  return { flows, threats };
}

function threatOf(flow: string, line: number, letters: string, rest: string): Threat {
  const [, defence = '', tests = ''] = rest.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return { flow, line, letters: letters.trim().split(/[, ]+/), defence, tests: linksOf(tests) };
}

function linksOf(cell: string): { title: string; path: string }[] {
  return [...cell.matchAll(LINK)].map(([, title = '', path = '']) => ({
    title: title.replaceAll(/\\(.)/g, '$1'),
    path,
  }));
}

/** Whether a file of the repository has a test, a rule or a step of that name; null where there is no such file. */
export type TestFinder = (path: string, title: string) => boolean | null;

export function testFinder(repository: string): TestFinder {
  const known = new Map<string, Set<string>>();
  return (path, title) => {
    const file = join(repository, path);
    if (!existsSync(file) || !(SPEC.test(path) || NAMED_CHECKS.includes(path))) return null;
    let titles = known.get(path);
    if (titles === undefined) {
      const source = readFileSync(file, 'utf8');
      titles = SPEC.test(path) ? testTitles(source) : literalsOf(source);
      known.set(path, titles);
    }
    return titles.has(title);
  };
}

/** One line a problem: a flow without one of the six kinds of threat, a threat without a test, a test that is not there. */
export function threatProblems(page: string, isTest: TestFinder): string[] {
  const { flows, threats } = threatsOf(page);
  if (flows.length === 0) return [`${THREATS_PAGE}: has no data flow (### 1. …)`];
  return [...flows.flatMap((flow) => gapsOf(flow, threats)), ...threats.flatMap((one) => faultsOf(one, isTest))];
}

function gapsOf(flow: string, threats: readonly Threat[]): string[] {
  const told = threats.filter((threat) => threat.flow === flow).flatMap(({ letters }) => letters);
  const missing = STRIDE.filter((letter) => !told.includes(letter));
  return missing.length === 0 ? [] : [`${THREATS_PAGE}: "${flow}" says nothing of ${missing.join(', ')}`];
}

function faultsOf({ line, letters, defence, tests }: Threat, isTest: TestFinder): string[] {
  const where = `${THREATS_PAGE}:${line}`;
  const strange = letters.filter((letter) => !STRIDE.some((known) => known === letter));
  const problems = strange.map((letter) => `${where}: "${letter}" is none of ${STRIDE.join(', ')}`);
  if (tests.length === 0 && !WITHOUT_TEST.test(defence)) {
    problems.push(
      `${where}: names no test; where none can show it, the defence begins with **Yours:** or **Accepted:**`,
    );
  }
  for (const { title, path } of tests) {
    const found = isTest(path, title);
    if (found === null) problems.push(`${where}: ${path} is no file of tests or checks`);
    else if (!found) problems.push(`${where}: ${path} has no test "${title}" that runs`);
  }
  return problems;
}
