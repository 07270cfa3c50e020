import type { Asked, Finding, Report } from './findings.ts';

/** What all passes together say of the operations of the reference. */
export interface Verdict {
  passed: number;
  failed: number;
  requests: number;
  /** How many were answered with 503: allowed, but a reason to look where they are many. */
  unavailable: number;
  /** Of all answers, how many were successes: what gets through is what finds something. */
  successShare: number;
  /** What failed, each once, with an example. */
  failures: readonly string[];
}

const FAILURES_OF_AN_OPERATION_SHOWN_MAX = 3;

const isSuccess = (status: string): boolean => /^2\d\d$/.test(status);

/** @param operations `GET /v1/me`, as the reference has them */
export function verdictOf(
  operations: readonly string[],
  reports: readonly Report[],
  others: readonly string[],
): Verdict {
  const asked = merged(reports);
  const findings = reports.flatMap((report) => report.findings);
  const unknown = [...new Set(findings.map(({ operation }) => operation))].filter((name) => !operations.includes(name));
  const failures = [...operations, ...unknown].flatMap((operation) => {
    const own = findings.filter((finding) => finding.operation === operation);
    const lines = [...shown(own), ...(operations.includes(operation) ? unreached(asked.get(operation)) : [])];
    return lines.length === 0 ? [] : [`${operation}\n${lines.join('\n')}`];
  });
  const all = [...failures, ...others];
  const answers = [...asked.values()].flatMap(({ statuses }) => [...statuses]);
  const count = (entries: readonly [string, number][]) => entries.reduce((sum, [, number]) => sum + number, 0);
  const requests = count(answers);
  return {
    passed:
      operations.length - failures.filter((failure) => operations.includes(failure.split('\n', 1)[0] ?? '')).length,
    failed: all.length,
    requests,
    unavailable: count(answers.filter(([status]) => status === '503')),
    successShare: requests === 0 ? 0 : count(answers.filter(([status]) => isSuccess(status))) / requests,
    failures: all,
  };
}

function merged(reports: readonly Report[]): Map<string, Asked> {
  const sum = new Map<string, Asked>();
  for (const [operation, { requests, statuses }] of reports.flatMap(({ asked }) => [...asked])) {
    const own = sum.get(operation) ?? { requests: 0, statuses: new Map<string, number>() };
    own.requests += requests;
    for (const [status, number] of statuses) own.statuses.set(status, (own.statuses.get(status) ?? 0) + number);
    sum.set(operation, own);
  }
  return sum;
}

export function sumOf({ requests, unavailable, successShare }: Verdict): string {
  const sum = `${requests} requests, ${Math.round(successShare * 100)} % of them successful`;
  return unavailable === 0 ? sum : `${sum}, ${unavailable} answered with 503`;
}

/** One of each kind: schemathesis tells the same many times. */
function shown(findings: readonly Finding[]): string[] {
  const kinds = new Map(
    findings.map(({ check, what }) => [`${check} ${what.split('\n', 1)[0]}`, `  ! ${check}: ${what}`]),
  );
  const lines = [...kinds.values()];
  const left = lines.length - FAILURES_OF_AN_OPERATION_SHOWN_MAX;
  return left <= 0 ? lines : [...lines.slice(0, FAILURES_OF_AN_OPERATION_SHOWN_MAX), `  ! and ${left} more kinds`];
}

/** A fuzzer that gets nowhere finds nothing: each operation has to succeed once at least. */
function unreached(asked: Asked | undefined): string[] {
  if (asked === undefined) return ['  ! was not asked'];
  if ([...asked.statuses.keys()].some(isSuccess)) return [];
  return [`  ! none of ${asked.requests} requests succeeded: ${JSON.stringify(Object.fromEntries(asked.statuses))}`];
}
