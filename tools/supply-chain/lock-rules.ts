import { isLicenceAllowed } from './licence-expression.ts';
import { isForDevelopment, type LockEntry, type LockFile, lockedPackages } from './lock-file.ts';
import { INSTALL_SCRIPTS, LICENCES, LICENCES_OF_DEVELOPMENT, WITHOUT_DIGEST } from './policy.ts';

/** Looks at the lock file as a whole; returns one line a problem. */
export type LockRule = (lock: LockFile) => string[];

const LOCK_FILE_VERSION = 3;
const DIGEST = /^sha512-[A-Za-z0-9+/]{86}==$/;
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Without a digest a registry, or whoever stands before it, decides what is installed. */
export const packagesHaveDigests: LockRule = (lock) =>
  lockedPackages(lock).flatMap(({ path, name, integrity, inBundle, ...entry }) => {
    if (inBundle === true) return [];
    const isKnown = WITHOUT_DIGEST.includes(name);
    if (integrity === undefined && isKnown && entry.optional && isForDevelopment(entry)) return [];
    if (integrity !== undefined && isKnown)
      return [`${name} has a digest now: take it off WITHOUT_DIGEST, the list only shrinks`];
    return DIGEST.test(integrity ?? '') ? [] : [`${path} has no SHA-512 digest`];
  });

/** What stands on the list is there: a list of what is long gone hides what comes under its name. */
export const exceptionsAreNeeded: LockRule = (lock) => {
  const names = new Set(lockedPackages(lock).map(({ name }) => name));
  return WITHOUT_DIGEST.filter((name) => !names.has(name)).map(
    (name) => `WITHOUT_DIGEST names ${name}, which is not there`,
  );
};

export const versionsAreExact: LockRule = (lock) =>
  lockedPackages(lock)
    .filter(({ version }) => !EXACT.test(version ?? ''))
    .map(({ path, version }) => `${path} has the version ${version ?? 'none'}, which pins nothing`);

/** Whoever installs says where from, by his own settings; a `git+ssh:` or `file:` would go round them. */
export const lockNamesNoSource: LockRule = ({ packages }) =>
  Object.entries(packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && !(link === true && resolved in packages))
    .map(([path, { resolved }]) => `${path} comes from ${resolved}: names a source of its own`);

/** npm leaves out packages of other platforms when it writes a lock file over an installation, and then refuses it. */
export const lockNamesEveryPlatform: LockRule = ({ packages }) => {
  const isNamed = (owner: string, name: string) =>
    `${owner}/node_modules/${name}` in packages || `node_modules/${name}` in packages;
  return Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isNamed(owner, name))
      .map((name) => `lacks ${name}, an optional package of ${owner || 'the workspace'}: npm ci refuses the file`),
  );
};

export const lockHasTheKnownForm: LockRule = ({ lockfileVersion }) =>
  lockfileVersion === LOCK_FILE_VERSION
    ? []
    : [`has the form ${lockfileVersion}, and these rules read ${LOCK_FILE_VERSION}`];

export const installScriptsAreKnown: LockRule = (lock) => {
  const names = new Set(lockedPackages(lock).flatMap(({ name, hasInstallScript }) => (hasInstallScript ? [name] : [])));
  const unknown = [...names].filter((name) => !(name in INSTALL_SCRIPTS));
  const gone = Object.keys(INSTALL_SCRIPTS).filter((name) => !names.has(name));
  return [
    ...unknown.map((name) => `${name} has an install script that INSTALL_SCRIPTS does not know`),
    ...gone.map((name) => `INSTALL_SCRIPTS names ${name}, which is not there or has none`),
  ];
};

/** The licence that a package of others may not have, or null. */
export function refusedLicence(entry: LockEntry): string | null {
  const isAllowed = (id: string): boolean =>
    id in LICENCES || (isForDevelopment(entry) && id in LICENCES_OF_DEVELOPMENT);
  return isLicenceAllowed(entry.license ?? '', isAllowed) ? null : (entry.license ?? 'none');
}

export const licencesAreAllowed: LockRule = (lock) =>
  lockedPackages(lock)
    .filter(({ name, license }) => license !== undefined || !WITHOUT_DIGEST.includes(name))
    .flatMap(({ path, ...entry }) => {
      const refused = refusedLicence(entry);
      return refused === null ? [] : [`${path} has the licence ${refused}, which no line of policy.ts allows it`];
    });

export const LOCK_RULES: readonly LockRule[] = [
  lockHasTheKnownForm,
  packagesHaveDigests,
  exceptionsAreNeeded,
  versionsAreExact,
  lockNamesNoSource,
  lockNamesEveryPlatform,
  installScriptsAreKnown,
  licencesAreAllowed,
];
