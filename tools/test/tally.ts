/** What one runner found. */
export interface Tally {
  passed: number;
  failed: number;
}

export const NOTHING: Tally = { passed: 0, failed: 0 };

export function plus(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

interface VitestFile {
  status?: string;
  assertionResults?: { status?: string }[];
}

/**
 * Counts Vitest's JSON report. A file that could not even be loaded counts as one failure, and so does a run that
 * ended badly although no test failed (an unhandled error, a broken teardown, no test at all).
 */
export function tallyOfVitest(report: unknown, exitCode: number | null): Tally {
  const files = (report as { testResults?: VitestFile[] } | null)?.testResults ?? [];
  const results = files.flatMap(({ assertionResults }) => assertionResults ?? []);
  const passed = results.filter(({ status }) => status === 'passed').length;
  const failedTests = results.filter(({ status }) => status === 'failed').length;
  const brokenFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !(assertionResults ?? []).some((result) => result.status === 'failed'),
  ).length;
  const failed = failedTests + brokenFiles;
  return { passed, failed: failed === 0 && (exitCode !== 0 || passed === 0) ? 1 : failed };
}

/** Reads the closing line `N passed, N failed` of a runner of ours; without one the run counts as one failure. */
export function tallyOfLine(output: string, exitCode: number | null): Tally {
  const match = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  if (match === null) return { passed: 0, failed: 1 };
  const tally = { passed: Number(match[1]), failed: Number(match[2]) };
  return tally.failed === 0 && exitCode !== 0 ? { ...tally, failed: 1 } : tally;
}

export function lineOf(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed`;
}
