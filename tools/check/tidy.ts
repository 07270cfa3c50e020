import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ACROSS_TENANTS } from './across-tenants.ts';
import { FETCHES, LINES_MAX, LONG_FILES, ROLES, TEST_LINES_MAX } from './tidy-rules.ts';

/** What a rule sees of a file. */
export interface SourceFile {
  path: string;
  text: string;
}

export type TidyRule = (file: SourceFile) => string[];

const SOURCE = /^(apps|libs)\/[^/]+\/src\/.*\.ts$/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const TEST = /\.(spec|conformance|fake)\.ts$/;
const DUMPING_GROUND = /(^|\/)(common|shared|utils?|helpers?|core|misc|types)(\/|\.ts$)/;
const LEFT_OVER = /\b(TODO|FIXME|XXX|HACK)\b/;
const AMBIENT = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(\d|\bprocess\.env\b/;
const FETCH = /(?<![.\w#])(fetch\(|new (WebSocket|EventSource)\()|\bglobalThis\.fetch\b|= fetch\b/;
const AMBIENT_ALLOWED = /^libs\/(service-runtime|testing|messaging)\/|\/(main|prepare)\.ts$/;

export const namesAreKebabCaseWithARole: TidyRule = ({ path }) => {
  if (!SOURCE.test(path)) return [];
  const [name = '', ...suffixes] = basename(path, '.ts').split('.');
  const problems = KEBAB_CASE.test(name) ? [] : [`the name is not in kebab-case`];
  for (const suffix of suffixes) {
    if (!ROLES.includes(suffix))
      problems.push(`".${suffix}" is no role of the closed list (tools/check/tidy-rules.ts)`);
  }
  return problems;
};

export const filesAreShort: TidyRule = ({ path, text }) => {
  if (!SOURCE.test(path)) return [];
  const lines = text.split('\n').length - 1;
  const linesMax = TEST.test(path) ? TEST_LINES_MAX : LINES_MAX;
  if (LONG_FILES.includes(path)) {
    return lines > linesMax ? [] : [`has ${lines} lines now: take it off LONG_FILES, the list only shrinks`];
  }
  return lines > linesMax ? [`${lines} lines; split by responsibility above ${linesMax}`] : [];
};

export const noDumpingGrounds: TidyRule = ({ path }) =>
  SOURCE.test(path) && DUMPING_GROUND.test(path) ? ['names a dumping ground; name what it does'] : [];

export const noLeftOvers: TidyRule = ({ path, text }) =>
  SOURCE.test(path) && LEFT_OVER.test(text) ? ['holds a left-over marker; do it or file an issue'] : [];

export const timeAndRandomnessComeIn: TidyRule = ({ path, text }) =>
  SOURCE.test(path) && !TEST.test(path) && !AMBIENT_ALLOWED.test(path) && AMBIENT.test(text)
    ? ['takes time, randomness or the environment from the surroundings; pass them in']
    : [];

/**
 * What sends a statement by itself, or loads whosever aggregate, may forget the tenant; `ViewReader`, `TenantTables` and
 * `loadOf` may not.
 */
const PAST_THE_TENANT =
  /\.query\s*[<(]|\bpreparedQuery\s*[<(]|\bcopyFrom\(|\.createQueryBuilder\(|\.getRepository\(|\bloadOfAny\b/g;
const NO_SERVICE = /\.(spec|fake|conformance|migration)\.ts$|-under-test\.ts$|^libs\/testing\//;

export const rowsAreReachedThroughTheirTenant: TidyRule = ({ path, text }) => {
  if (!SOURCE.test(path) || NO_SERVICE.test(path)) return [];
  const times = text.match(PAST_THE_TENANT)?.length ?? 0;
  const listed = ACROSS_TENANTS.find((across) => across.path === path);
  if (!listed) return times === 0 ? [] : ['reaches rows past their tenant: use TenantTables or loadOf (ADR 45)'];
  if (times === 0) return ['reaches no rows past their tenant any more: take it off ACROSS_TENANTS'];
  if (listed.times === null || listed.times === times) return [];
  return [`reaches rows past their tenant ${times} times, not ${listed.times}: use TenantTables or loadOf (ADR 45)`];
};

/** Specs share their modules with the files that run before and after them. */
export const modulesAreReplacedApart: TidyRule = ({ path, text }) =>
  path.endsWith('.spec.ts') && !path.endsWith('.apart.spec.ts') && /\bvi\.(mock|doMock|stubGlobal|stubEnv)\(/.test(text)
    ? ['replaces a module or a global: name it .apart.spec.ts, so that no other spec sees it']
    : [];

export const storesHaveFakeAndConformance: TidyRule = ({ path }) => {
  if (!path.endsWith('.store.typeorm.ts')) return [];
  return ['fake', 'conformance']
    .map((role) => path.replace('.store.typeorm.ts', `.store.${role}.ts`))
    .filter((twin) => !existsSync(twin))
    .map((twin) => `has no ${basename(twin)} beside it`);
};

/** What a customer names is reached through apps/dispatcher/src/egress alone; modules that connect are held to it by .dependency-cruiser.mjs. */
export const nothingFetchesBesideEgress: TidyRule = ({ path, text }) =>
  SOURCE.test(path) && !TEST.test(path) && !FETCHES.some((allowed) => path.startsWith(allowed)) && FETCH.test(text)
    ? ['makes a request of its own: what a customer names goes through the egress guard, all else into FETCHES']
    : [];

const RULES: readonly TidyRule[] = [
  namesAreKebabCaseWithARole,
  filesAreShort,
  noDumpingGrounds,
  noLeftOvers,
  timeAndRandomnessComeIn,
  modulesAreReplacedApart,
  storesHaveFakeAndConformance,
  nothingFetchesBesideEgress,
  rowsAreReachedThroughTheirTenant,
];

const READ = /\.(ts|mjs|json|md|yml|yaml)$/;

/** Applies all rules to the files git knows or would add; returns one line a problem. */
export function tidy(repository: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: repository });
  const problems = ACROSS_TENANTS.filter(({ path }) => !existsSync(path)).map(
    ({ path }) => `${path}: is not there any more: take it off ACROSS_TENANTS`,
  );
  for (const path of listed.toString('utf8').split('\n')) {
    if (!READ.test(path) || !existsSync(path)) continue;
    const file = { path, text: readFileSync(path, 'utf8') };
    for (const rule of RULES) problems.push(...rule(file).map((problem) => `${path}: ${problem}`));
  }
  return problems;
}
