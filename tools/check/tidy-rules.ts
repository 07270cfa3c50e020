/** The suffixes a file may carry; each says what the file is (docs/adr/0005-file-roles.md). */
export const ROLES: readonly string[] = [
  'module',
  'env',
  'controller',
  'consumer',
  'publisher',
  'decider',
  'store',
  'typeorm',
  'fake',
  'conformance',
  'migration',
  'entity',
  'dto',
  'guard',
  'filter',
  'error',
  'bounds',
  'provider',
  'strategy',
  'types',
  'spec',
  'apart',
  'int',
  'e2e',
];

/** Above this a file is split by responsibility. */
export const LINES_MAX = 300;

/** Suites are lists of cases; they may be longer. */
export const TEST_LINES_MAX = 400;

/** Files that are longer all the same. The list only shrinks. */
export const LONG_FILES: readonly string[] = [];
