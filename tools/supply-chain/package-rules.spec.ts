import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../stack/settings.ts';
import { isLicenceAllowed } from './licence-expression.ts';
import type { LockEntry, LockFile } from './lock-file.ts';
import {
  exceptionsAreNeeded,
  installScriptsAreKnown,
  licencesAreAllowed,
  lockHasTheKnownForm,
  lockNamesEveryPlatform,
  lockNamesNoSource,
  packagesHaveDigests,
  refusedLicence,
  versionsAreExact,
} from './lock-rules.ts';
import {
  licenceIsSaid,
  npmSettingsAreStrict,
  npmSettingsNameNoRegistry,
  runsNothingAtInstallation,
  scriptsAreAllowedAsListed,
  versionsArePinned,
} from './manifest-rules.ts';
import { packageProblems } from './package-problems.ts';
import { INSTALL_SCRIPTS, WITHOUT_DIGEST } from './policy.ts';

const DIGEST = `sha512-${'A'.repeat(86)}==`;
const GOOD: LockEntry = { version: '1.2.3', integrity: DIGEST, license: 'MIT' };

const lockOf = (packages: Record<string, LockEntry>): LockFile => ({ lockfileVersion: 3, packages });
const withTool = (entry: LockEntry): LockFile => lockOf({ '': {}, 'node_modules/tool': { ...GOOD, ...entry } });

describe('the lock file', () => {
  it('has a SHA-512 digest of each package', () => {
    expect(packagesHaveDigests(withTool({}))).toEqual([]);
    expect(packagesHaveDigests(lockOf({ 'node_modules/tool': { version: '1.2.3' } }))).toHaveLength(1);
    expect(packagesHaveDigests(withTool({ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }))).toHaveLength(1);
  });

  it('lacks digests only of known packages of other platforms, which nothing in production needs', () => {
    const [name = ''] = WITHOUT_DIGEST;
    const bare = { version: '1.2.3', optional: true };
    const of = (entry: LockEntry) => packagesHaveDigests(lockOf({ [`node_modules/${name}`]: entry }));
    expect(of({ ...bare, dev: true })).toEqual([]);
    expect(of(bare)).toHaveLength(1);
    expect(of({ ...bare, dev: true, integrity: DIGEST })).toHaveLength(1);
    expect(exceptionsAreNeeded(lockOf({}))).toHaveLength(WITHOUT_DIGEST.length);
  });

  it('names no host, no folder and no repository to install from', () => {
    const workspace = { 'apps/audit': {}, 'node_modules/@hookstile/audit': { resolved: 'apps/audit', link: true } };
    expect(lockNamesNoSource(lockOf(workspace))).toEqual([]);
    for (const resolved of ['https://host/tool.tgz', 'git+ssh://git@host/tool.git', 'file:../tool', 'apps/audit']) {
      expect(lockNamesNoSource(withTool({ resolved }))).toHaveLength(1);
    }
    const elsewhere = { 'node_modules/tool': { resolved: '../tool', link: true } };
    expect(lockNamesNoSource(lockOf(elsewhere))).toHaveLength(1);
  });

  it('names the optional packages of every platform', () => {
    const tool = { 'node_modules/tool': { optionalDependencies: { 'tool-arm64': '1.0.0' } } };
    expect(lockNamesEveryPlatform(lockOf(tool))).toHaveLength(1);
    expect(lockNamesEveryPlatform(lockOf({ ...tool, 'node_modules/tool-arm64': {} }))).toEqual([]);
  });

  it('pins versions, in the form that is read here', () => {
    expect(versionsAreExact(withTool({ version: '1.2.3-beta.17' }))).toEqual([]);
    expect(versionsAreExact(withTool({ version: '^1.2.3' }))).toHaveLength(1);
    expect(lockHasTheKnownForm({ lockfileVersion: 4, packages: {} })).toHaveLength(1);
  });

  it('has no install script but those that are listed with a reason, and the list has no other', () => {
    const known = Object.keys(INSTALL_SCRIPTS).map((name) => [`node_modules/${name}`, { hasInstallScript: true }]);
    const lock = (more: Record<string, LockEntry>) => lockOf({ ...Object.fromEntries(known), ...more });
    expect(installScriptsAreKnown(lock({}))).toEqual([]);
    expect(installScriptsAreKnown(lock({ 'node_modules/a/node_modules/miner': { hasInstallScript: true } }))).toEqual([
      expect.stringMatching(/^miner /),
    ]);
    expect(installScriptsAreKnown(lockOf({}))).toHaveLength(known.length);
    for (const { why } of Object.values(INSTALL_SCRIPTS)) expect(why.length).toBeGreaterThan(10);
  });

  it('has no licence that no line allows, and of production fewer than of development', () => {
    expect(licencesAreAllowed(withTool({}))).toEqual([]);
    expect(licencesAreAllowed(withTool({ license: 'GPL-3.0-only' }))).toHaveLength(1);
    expect(licencesAreAllowed(lockOf({ 'node_modules/tool': { version: '1.2.3' } }))).toHaveLength(1);
    expect(refusedLicence({ license: 'MPL-2.0', dev: true })).toBeNull();
    expect(refusedLicence({ license: 'MPL-2.0' })).toBe('MPL-2.0');
  });
});

describe('a licence expression', () => {
  const isAllowed = (id: string) => ['MIT', 'ISC', 'Apache-2.0', 'Apache-2.0 WITH LLVM-exception'].includes(id);

  it.each([
    'MIT',
    'GPL-2.0 OR MIT',
    '(MIT OR GPL-2.0)',
    'MIT AND ISC',
    '(GPL-2.0 AND MIT) OR ISC',
    'Apache-2.0 WITH LLVM-exception',
  ])('that leaves a choice which is allowed passes: %s', (expression) =>
    expect(isLicenceAllowed(expression, isAllowed)).toBe(true),
  );

  it.each([
    '',
    'GPL-2.0',
    'MIT AND GPL-2.0',
    'MIT OR',
    'MIT ISC',
    '(MIT',
    'MIT)',
    'SEE LICENSE IN LICENSE.md',
    'MIT WITH x',
    'UNLICENSED',
    'MIT, GPL-2.0',
    `${'('.repeat(100)}MIT${')'.repeat(100)}`,
  ])('that leaves none, or cannot be read, does not: %s', (expression) =>
    expect(isLicenceAllowed(expression, isAllowed)).toBe(false),
  );
});

describe('a package.json of ours', () => {
  it('pins each version', () => {
    const dependencies = { a: '1.2.3', b: '1.0.0-beta.1', c: 'npm:typescript@7.0.2' };
    expect(versionsArePinned({ dependencies })).toEqual([]);
    for (const range of [
      '^1.2.3',
      '~1.2.3',
      '1.x',
      '*',
      'latest',
      '',
      'github:a/b',
      'https://host/a.tgz',
      'file:../a',
    ]) {
      expect(versionsArePinned({ optionalDependencies: { a: range } })).toHaveLength(1);
    }
  });

  it('says that it is nobody else’s to use, and is never published', () => {
    expect(licenceIsSaid({ license: 'UNLICENSED', private: true })).toEqual([]);
    expect(licenceIsSaid({})).toHaveLength(2);
  });

  it('runs nothing while it is installed, and lets others run what is listed', () => {
    expect(runsNothingAtInstallation({ scripts: { build: 'tsc' } })).toEqual([]);
    expect(runsNothingAtInstallation({ scripts: { postinstall: 'node x' } })).toHaveLength(1);
    const allowScripts = Object.fromEntries(Object.entries(INSTALL_SCRIPTS).map(([name, { runs }]) => [name, runs]));
    expect(scriptsAreAllowedAsListed({ allowScripts })).toEqual([]);
    expect(scriptsAreAllowedAsListed({ allowScripts: { ...allowScripts, nx: true } })).toHaveLength(1);
    expect(scriptsAreAllowedAsListed({ allowScripts: { ...allowScripts, miner: true } })).toHaveLength(1);
  });

  it('leaves to whoever installs where packages come from', () => {
    expect(npmSettingsNameNoRegistry('fund=false\naudit=false\n')).toEqual([]);
    for (const line of ['registry=https://host/', '@a:registry=https://host/', '//host/:_authToken=x', '_auth=x']) {
      expect(npmSettingsNameNoRegistry(`fund=false\n${line}`)).toHaveLength(1);
    }
  });

  it('has npm refuse an installation with a script that nobody has looked at, instead of a warning', () => {
    expect(npmSettingsAreStrict('fund=false\nstrict-allow-scripts=true\n')).toEqual([]);
    for (const text of ['', 'strict-allow-scripts=false', '#strict-allow-scripts=true']) {
      expect(npmSettingsAreStrict(text)).toHaveLength(1);
    }
  });

  it('and the lock file of this repository are in order', () => {
    expect(packageProblems(REPOSITORY)).toEqual([]);
  });
});
