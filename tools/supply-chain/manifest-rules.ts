import { INSTALL_SCRIPTS, OWN_LICENCE } from './policy.ts';

/** A package.json of ours. */
export interface Manifest {
  name?: string;
  private?: boolean;
  license?: string;
  workspaces?: readonly string[];
  allowScripts?: Record<string, boolean>;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const EXACT = /^(npm:(@[a-z0-9-]+\/)?[a-z0-9.-]+@)?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
/** npm runs these of our own packages at each installation, in whoever's clone it is. */
const OWN_INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

/** A range would let the next `npm install` take what nobody looked at. */
export function versionsArePinned(manifest: Manifest): string[] {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  return Object.entries(wanted)
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `wants ${name} ${version}: pin one version`);
}

/** Nothing of ours is published by accident, or taken for free software. */
export function licenceIsSaid({ license, private: isPrivate }: Manifest): string[] {
  const problems = license === OWN_LICENCE ? [] : [`says the licence ${license ?? 'none'} and not ${OWN_LICENCE}`];
  return isPrivate === true ? problems : [...problems, 'is not private: npm would publish it'];
}

export const runsNothingAtInstallation = ({ scripts = {} }: Manifest): string[] =>
  OWN_INSTALL_SCRIPTS.filter((name) => name in scripts).map(
    (name) => `has a script ${name}, which npm runs while it installs`,
  );

/** npm goes by `allowScripts` of the first package.json; the reasons stand in policy.ts. */
export function scriptsAreAllowedAsListed({ allowScripts = {} }: Manifest): string[] {
  const listed = Object.fromEntries(Object.entries(INSTALL_SCRIPTS).map(([name, { runs }]) => [name, runs]));
  return [...new Set([...Object.keys(allowScripts), ...Object.keys(listed)])]
    .filter((name) => allowScripts[name] !== listed[name])
    .map((name) => `allowScripts says ${allowScripts[name]} of ${name}, and INSTALL_SCRIPTS says ${listed[name]}`);
}

const REGISTRY_SETTING = /^\s*(?:@[^:=]+:)?(registry|_auth\w*|\/\/.*|.*:_\w+)\s*=/;

/** Where packages come from, and with what credentials, is the installer's own; a file of ours that says it leaks it. */
export const npmSettingsNameNoRegistry = (npmrc: string): string[] =>
  npmrc.split('\n').flatMap((line) => (REGISTRY_SETTING.test(line) ? ['.npmrc names a registry or credentials'] : []));

const STRICT_SETTING = /^strict-allow-scripts=true$/m;

/** Without it npm 11 only warns of a script that `allowScripts` says nothing of, and runs it. */
export const npmSettingsAreStrict = (npmrc: string): string[] =>
  STRICT_SETTING.test(npmrc)
    ? []
    : ['.npmrc lacks strict-allow-scripts=true: npm would run scripts that no list knows'];
