import { isForDevelopment, type LockFile } from './lock-file.ts';
import type { AcceptedAdvisory } from './policy.ts';

const SEVERITIES = ['info', 'low', 'moderate', 'high', 'critical'] as const;
type Severity = (typeof SEVERITIES)[number];

/** From these on a vulnerability fails the gate: what serves strangers is held to more than what builds. */
const FAILS_FROM: Readonly<Record<'production' | 'development', Severity>> = {
  production: 'low',
  development: 'high',
};

/** A known vulnerability of a package that the lock file pins. */
export interface Finding {
  id: string;
  title: string;
  severity: Severity;
  package: string;
  use: 'production' | 'development';
}

/** What came of asking: an answer with what it found, or none. */
export type AuditAnswer = { answered: true; findings: Finding[] } | { answered: false; reason: string };

interface NpmAdvisory {
  name?: unknown;
  url?: unknown;
  title?: unknown;
  severity?: unknown;
}

interface NpmVulnerability {
  via?: unknown;
  nodes?: unknown;
}

/**
 * Reads what `npm audit --json` printed. npm exits with 1 for a vulnerability and for a registry that did not answer
 * alike: only the form of its output tells them apart, and what has another form is no answer.
 */
export function readAuditOutput(stdout: string, lock: LockFile): AuditAnswer {
  const output = parsed(stdout);
  const vulnerabilities = output?.vulnerabilities;
  if (typeof vulnerabilities !== 'object' || vulnerabilities === null || output?.auditReportVersion !== 2) {
    return {
      answered: false,
      reason: typeof output?.message === 'string' ? output.message : 'npm said nothing that is known',
    };
  }
  const findings = Object.values(vulnerabilities as Record<string, NpmVulnerability>).flatMap((one) =>
    findingsOf(one, lock),
  );
  return { answered: true, findings };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** `via` holds advisories, and names of other vulnerable packages, which are findings of their own. */
function findingsOf({ via, nodes }: NpmVulnerability, { packages }: LockFile): Finding[] {
  const paths = Array.isArray(nodes) ? nodes.map(String) : [];
  const isOfDevelopment = paths.length > 0 && paths.every((path) => isForDevelopment(packages[path] ?? {}));
  const advisories = Array.isArray(via)
    ? via.filter((one): one is NpmAdvisory => typeof one === 'object' && one !== null)
    : [];
  return advisories.map(({ name, url, title, severity }) => ({
    id:
      String(url ?? '')
        .split('/')
        .at(-1) || 'unknown',
    title: String(title),
    // One that npm does not name a severity of is taken for the worst.
    severity: SEVERITIES.find((known) => known === severity) ?? 'critical',
    package: String(name),
    use: isOfDevelopment ? 'development' : 'production',
  }));
}

const failsGate = ({ severity, use }: Finding): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(FAILS_FROM[use]);

/** What the gate fails for: findings that nobody has accepted, and acceptances whose day has come or that accept nothing. */
export function gateProblems(
  findings: readonly Finding[],
  accepted: readonly AcceptedAdvisory[],
  today: string,
): string[] {
  const current = new Set(accepted.filter(({ until }) => today < until).map(({ id }) => id));
  const found = new Set(findings.map(({ id }) => id));
  const failing = findings.filter((one) => failsGate(one) && !current.has(one.id));
  const idle = accepted.filter(({ id }) => !found.has(id));
  return [
    ...failing.map((one) => `${one.severity}: ${one.package} (${one.use}): ${one.title} [${one.id}]`),
    ...idle.map(({ id }) => `policy.ts accepts ${id}, which nothing has any more`),
  ];
}
