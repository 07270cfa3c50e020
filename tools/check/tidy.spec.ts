import { describe, expect, it } from 'vitest';
import {
  filesAreShort,
  modulesAreReplacedApart,
  namesAreKebabCaseWithARole,
  noDumpingGrounds,
  noLeftOvers,
  nothingFetchesBesideEgress,
  rowsAreReachedThroughTheirTenant,
  storesHaveFakeAndConformance,
  timeAndRandomnessComeIn,
} from './tidy.ts';

const at = (path: string, text = '') => ({ path, text });

describe('tidy', () => {
  it('wants kebab-case names and roles of the closed list', () => {
    expect(namesAreKebabCaseWithARole(at('apps/config/src/integration.decider.ts'))).toEqual([]);
    expect(namesAreKebabCaseWithARole(at('apps/config/src/Integration.ts'))).toHaveLength(1);
    expect(namesAreKebabCaseWithARole(at('apps/config/src/integration.manager.ts'))).toHaveLength(1);
  });

  it('refuses files above 300 lines', () => {
    expect(filesAreShort(at('libs/messaging/src/a.ts', '\n'.repeat(300)))).toEqual([]);
    expect(filesAreShort(at('libs/messaging/src/a.ts', '\n'.repeat(301)))).toHaveLength(1);
  });

  it('refuses dumping grounds', () => {
    expect(noDumpingGrounds(at('apps/audit/src/utils/date.ts'))).toHaveLength(1);
    expect(noDumpingGrounds(at('apps/audit/src/project/date.ts'))).toEqual([]);
  });

  it('refuses left-over markers', () => {
    expect(noLeftOvers(at('apps/audit/src/a.ts', `// ${'TO'}DO later`))).toHaveLength(1);
  });

  it('wants time, randomness and environment passed in, but in specs', () => {
    expect(timeAndRandomnessComeIn(at('apps/audit/src/a.ts', 'const t = Date.now();'))).toHaveLength(1);
    expect(timeAndRandomnessComeIn(at('apps/audit/src/a.ts', 'const p = process.env.PORT;'))).toHaveLength(1);
    expect(timeAndRandomnessComeIn(at('apps/audit/src/a.spec.ts', 'const t = Date.now();'))).toEqual([]);
  });

  it('wants a spec of its own for what replaces a module', () => {
    const replacing = `${'vi.'}mock('./a.js');`;
    expect(modulesAreReplacedApart(at('apps/audit/src/a.spec.ts', replacing))).toHaveLength(1);
    expect(modulesAreReplacedApart(at('apps/audit/src/a.apart.spec.ts', replacing))).toEqual([]);
  });

  it('wants a fake and a conformance suite beside each store', () => {
    expect(storesHaveFakeAndConformance(at('apps/none/src/x.store.typeorm.ts'))).toHaveLength(2);
  });

  it('refuses a request that is made beside the egress guard', () => {
    for (const text of ['await fetch(url);', 'new WebSocket(url)', 'globalThis.fetch', 'ask = fetch']) {
      expect(nothingFetchesBesideEgress(at('apps/dispatcher/src/decisions/a.ts', text))).toHaveLength(1);
    }
    expect(
      nothingFetchesBesideEgress(at('apps/dispatcher/src/decisions/a.ts', 'this.prefetch(); log.fetch();')),
    ).toEqual([]);
    expect(nothingFetchesBesideEgress(at('apps/dispatcher/src/decisions/a.spec.ts', 'await fetch(url);'))).toEqual([]);
  });

  it.each([
    'dataSource.query(`select * from deliveries`)',
    'manager.query<Row[]>(text)',
    "preparedQuery<Row>(manager, 'x', text, [])",
    'dataSource.getRepository(Thing)',
    'manager.createQueryBuilder()',
    'change.loadOfAny(aggregate, id)',
  ])('refuses what reaches rows past their tenant, unless the list says why: %s', (text) => {
    expect(rowsAreReachedThroughTheirTenant(at('apps/audit/src/deliveries/a.ts', text))).toHaveLength(1);
    expect(rowsAreReachedThroughTheirTenant(at('apps/audit/src/deliveries/a.spec.ts', text))).toEqual([]);
    expect(rowsAreReachedThroughTheirTenant(at('apps/audit/src/rebuild/rebuild.ts', text))).toEqual([]);
    const counted = 'apps/audit/src/stats/stats.store.typeorm.ts';
    expect(rowsAreReachedThroughTheirTenant(at(counted, text))).toEqual([]);
    expect(rowsAreReachedThroughTheirTenant(at(counted, `${text};${text}`))).toHaveLength(1);
    expect(rowsAreReachedThroughTheirTenant(at(counted))).toHaveLength(1);
  });
});
