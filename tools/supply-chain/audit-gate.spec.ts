import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_EXIT, auditGate } from './audit-gate.ts';
import { type Finding, gateProblems, readAuditOutput } from './audit-report.ts';
import { LOCK_FILE, type LockFile } from './lock-file.ts';
import { type FakeAdvisory, type FakeRegistry, startFakeRegistry } from './registry.fake.ts';

const TODAY = '2026-01-02';
const NPM_TIMEOUT_MS = 90_000;
const PACKAGES = {
  '': { name: 'audited', dependencies: { served: '1.0.0' }, devDependencies: { built: '1.0.0' } },
  'node_modules/served': { version: '1.0.0' },
  'node_modules/built': { version: '1.0.0', dev: true },
};
const LOCK: LockFile = { lockfileVersion: 3, packages: PACKAGES };

const advisory = (id: string, severity: string): FakeAdvisory[] => [
  { id: 1, url: `https://advisories.example/${id}`, title: 'it leaks', severity, vulnerable_versions: '<5.0.0' },
];

const finding = (given: Partial<Finding>): Finding => ({
  id: 'GHSA-1',
  title: 'it leaks',
  severity: 'low',
  package: 'served',
  use: 'production',
  ...given,
});

describe('the gate for known vulnerabilities, with npm and a registry', { timeout: NPM_TIMEOUT_MS }, () => {
  let folder: string;
  let registry: FakeRegistry;

  const gate = (url = registry.url) =>
    auditGate({
      repository: folder,
      accepted: [],
      today: TODAY,
      // Nobody's own settings, and no answer of an earlier run.
      env: {
        ...process.env,
        npm_config_registry: url,
        npm_config_cache: join(folder, 'cache'),
        npm_config_userconfig: join(folder, 'none'),
      },
    });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookstile-audited-'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(PACKAGES['']));
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify({ name: 'audited', ...LOCK }));
  });

  beforeEach(async () => {
    registry = await startFakeRegistry();
    return () => registry.close();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('opens where the registry knows of none, and of some of what has some', async () => {
    registry.advisories.lodash = advisory('GHSA-known', 'high');
    expect(await gate()).toMatchObject({ exitCode: AUDIT_EXIT.clean });
    expect(registry.asked).toEqual([{ served: ['1.0.0'], built: ['1.0.0'] }, { lodash: ['4.17.4'] }]);
  });

  it('stays shut for one, and says which', async () => {
    registry.advisories = { served: advisory('GHSA-served', 'moderate'), built: advisory('GHSA-built', 'moderate') };
    const { exitCode, lines } = await gate();
    expect(exitCode).toBe(AUDIT_EXIT.vulnerable);
    expect(lines).toEqual([
      'moderate: served (production): it leaks [GHSA-served]',
      expect.stringMatching(/^2 known vulnerabilities, 1 /),
    ]);
  });

  it('says that nothing is known where a mirror answers that nothing ever has any', async () => {
    expect(await gate()).toMatchObject({
      exitCode: AUDIT_EXIT.unanswered,
      lines: [expect.stringMatching(/lodash 4\.17\.4/)],
    });
  });

  it('says that nothing is known where the registry refuses to be asked, or is away', async () => {
    registry.refusesWith = 405;
    expect(await gate()).toMatchObject({ exitCode: AUDIT_EXIT.unanswered, lines: [expect.stringMatching(/405/)] });
    const { url } = registry;
    await registry.close();
    expect(await gate(url)).toMatchObject({ exitCode: AUDIT_EXIT.unanswered });
  });
});

describe('what npm says of vulnerabilities', () => {
  it('is no answer unless it has the form of one', () => {
    for (const text of ['', 'null', '[]', '<html>', '{}', '{"vulnerabilities": {}}', '{"auditReportVersion": 2}']) {
      expect(readAuditOutput(text, LOCK)).toMatchObject({ answered: false });
    }
    expect(readAuditOutput('{"message": "no network"}', LOCK)).toEqual({ answered: false, reason: 'no network' });
    expect(readAuditOutput('{"auditReportVersion": 2, "vulnerabilities": {}}', LOCK)).toEqual({
      answered: true,
      findings: [],
    });
  });

  it('is of development only where nothing in production has it, and the worst where its severity is unknown', () => {
    const severityOf = (nodes: string[], severity: string) => {
      const via = [{ name: 'x', url: 'https://a/GHSA-1', title: 't', severity }, 'another'];
      const answer = readAuditOutput(
        JSON.stringify({ auditReportVersion: 2, vulnerabilities: { x: { via, nodes } } }),
        LOCK,
      );
      return answer.answered ? answer.findings.map((one) => [one.use, one.severity]) : [];
    };
    expect(severityOf(['node_modules/built'], 'low')).toEqual([['development', 'low']]);
    expect(severityOf(['node_modules/built', 'node_modules/served'], 'low')).toEqual([['production', 'low']]);
    expect(severityOf([], 'frightful')).toEqual([['production', 'critical']]);
  });

  it('fails the gate from low on in production, and from high on in development', () => {
    const fails = (given: Partial<Finding>) => gateProblems([finding(given)], [], TODAY).length > 0;
    expect(fails({ severity: 'low' })).toBe(true);
    expect(fails({ severity: 'info' })).toBe(false);
    expect(fails({ severity: 'moderate', use: 'development' })).toBe(false);
    expect(fails({ severity: 'high', use: 'development' })).toBe(true);
  });

  it('passes while it is accepted, until its day, and what accepts nothing goes', () => {
    const accepted = (until: string) => [{ id: 'GHSA-1', why: 'not reached', until }];
    expect(gateProblems([finding({})], accepted('2026-01-03'), TODAY)).toEqual([]);
    expect(gateProblems([finding({})], accepted('2026-01-02'), TODAY)).toHaveLength(1);
    expect(gateProblems([], accepted('2026-01-03'), TODAY)).toEqual([expect.stringMatching(/accepts GHSA-1/)]);
  });
});
