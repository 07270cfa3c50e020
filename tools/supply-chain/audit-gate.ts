import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditAnswer, gateProblems, readAuditOutput } from './audit-report.ts';
import { LOCK_FILE, type LockFile, readLockFile } from './lock-file.ts';
import type { AcceptedAdvisory } from './policy.ts';
import { runNpm } from './run-npm.ts';

/** npm gives up by itself after these; the third is for an npm that does not. */
const REGISTRY_TIMEOUT_MS = 20_000;
const REGISTRY_RETRIES = 1;
const AUDIT_TIMEOUT_MS = 120_000;
const FLAGS = ['--json', `--fetch-timeout=${REGISTRY_TIMEOUT_MS}`, `--fetch-retries=${REGISTRY_RETRIES}`];

/** What the process exits with. A registry that was not asked says nothing of vulnerabilities: neither yes nor no. */
export const AUDIT_EXIT = { clean: 0, vulnerable: 1, unanswered: 2 } as const;

export interface AuditVerdict {
  exitCode: number;
  lines: string[];
}

/** A version whose vulnerabilities are known since 2018. It is named in a lock file, and never fetched or installed. */
const KNOWN_VULNERABLE = { name: 'lodash', version: '4.17.4' };

export interface AuditOptions {
  repository: string;
  accepted: readonly AcceptedAdvisory[];
  /** YYYY-MM-DD. */
  today: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Asks the registry for known vulnerabilities of what the lock file pins, and then for those of a package that has some:
 * many mirrors answer that nothing has any.
 */
export async function auditGate({ repository, accepted, today, env }: AuditOptions): Promise<AuditVerdict> {
  const answer = await askOf(repository, readLockFile(repository), env);
  if (!answer.answered) return unanswered(answer.reason);
  if (answer.findings.length === 0) {
    const doubt = await doubtOf(env);
    if (doubt !== null) return unanswered(doubt);
  }
  const problems = gateProblems(answer.findings, accepted, today);
  const told = `${answer.findings.length} known vulnerabilities, ${problems.length} of them fail the gate.`;
  return { exitCode: problems.length === 0 ? AUDIT_EXIT.clean : AUDIT_EXIT.vulnerable, lines: [...problems, told] };
}

async function askOf(folder: string, lock: LockFile, env?: NodeJS.ProcessEnv): Promise<AuditAnswer> {
  const options = { cwd: folder, timeoutMs: AUDIT_TIMEOUT_MS, ...(env === undefined ? {} : { env }) };
  const { stdout } = await runNpm(['audit', ...FLAGS, '--package-lock-only'], options);
  return readAuditOutput(stdout, lock);
}

/** Why an answer without findings cannot be believed; null where it can. */
async function doubtOf(env?: NodeJS.ProcessEnv): Promise<string | null> {
  const { name, version } = KNOWN_VULNERABLE;
  const lock = {
    name: 'probe',
    lockfileVersion: 3,
    packages: { '': { name: 'probe', dependencies: { [name]: version } }, [`node_modules/${name}`]: { version } },
  };
  const folder = mkdtempSync(join(tmpdir(), 'hookstile-audit-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(lock.packages['']));
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify(lock));
    const answer = await askOf(folder, lock, env);
    if (!answer.answered) return answer.reason;
    return answer.findings.length > 0 ? null : `it knows of no vulnerability of ${name} ${version}, which has some`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const unanswered = (reason: string): AuditVerdict => ({
  exitCode: AUDIT_EXIT.unanswered,
  lines: [`The registry could not be asked for known vulnerabilities, so there may be some: ${reason}`],
});
