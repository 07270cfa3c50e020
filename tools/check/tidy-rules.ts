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

/** Who makes requests by `fetch`: none of them to where a customer says. */
export const FETCHES: readonly string[] = [
  // On the user's own machine, to the address that the user gives.
  'apps/cli/',
  // To another dispatcher, whose address only dispatchers write.
  'apps/dispatcher/src/ownership/ask-owner.ts',
  // Kafka's own word for reading records.
  'libs/messaging/',
  // Tests ask the services that they start.
  'apps/all-in-one/src/all-in-one-under-test.ts',
  'apps/audit/src/audit-under-test.ts',
  'apps/config/src/config-under-test.ts',
  'apps/event-ingest/src/ingest-under-test.ts',
];
