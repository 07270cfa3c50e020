/** Longer messages are cut where failures are told again at the end; the whole of them stands where they happened. */
const MESSAGE_MAX_CHARACTERS = 3_000;

/** What one runner found. */
export interface Tally {
  passed: number;
  failed: number;
  /** What failed and why, as text: fewer than `failed` where a runner said nothing of it. */
  failures: readonly string[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, failures: [] };

export function plus(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, failures: [...a.failures, ...b.failures] };
}

interface VitestResult {
  status?: string;
  fullName?: string;
  failureMessages?: string[];
}

interface VitestFile {
  name?: string;
  status?: string;
  message?: string;
  assertionResults?: VitestResult[];
}

/**
 * Counts Vitest's JSON report. A file that could not even be loaded counts as one failure, and so does a run that
 * ended badly although no test failed (an unhandled error, a broken teardown, no test at all).
 */
export function tallyOfVitest(report: unknown, exitCode: number | null): Tally {
  const files = (report as { testResults?: VitestFile[] } | null)?.testResults ?? [];
  const passed = files.flatMap(({ assertionResults }) => assertionResults ?? []).filter(hasPassed).length;
  const failures = files.flatMap(failuresOf);
  if (failures.length > 0 || (exitCode === 0 && passed > 0)) return { passed, failed: failures.length, failures };
  return { passed, failed: 1, failures: [`no test failed, and the runner ended with ${exitCode}`] };
}

const hasPassed = ({ status }: VitestResult): boolean => status === 'passed';

function failuresOf({ name = '', status, message = '', assertionResults = [] }: VitestFile): string[] {
  const failed = assertionResults.filter((result) => result.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [failure(name, message)] : [];
  return failed.map(({ fullName, failureMessages = [] }) =>
    failure(`${name} > ${fullName}`, failureMessages.join('\n')),
  );
}

function failure(name: string, message: string): string {
  return message === '' ? name : `${name}\n${message.slice(0, MESSAGE_MAX_CHARACTERS)}`;
}

/** Reads the closing line `N passed, N failed` of a runner of ours; without one the run counts as one failure. */
export function tallyOfLine(output: string, exitCode: number | null): Tally {
  const match = /(\d+) passed, (\d+) failed\s*$/.exec(output);
  const failed = match ? Number(match[2]) : 0;
  if (match && (failed > 0 || exitCode === 0)) {
    return { passed: Number(match[1]), failed, failures: failed > 0 ? [output.trim()] : [] };
  }
  return { passed: Number(match?.[1] ?? 0), failed: 1, failures: [output.trim()] };
}

export function lineOf(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed`;
}
