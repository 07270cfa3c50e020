import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../stack/settings.ts';

const MADE = /\b(gauge|counter|histogram)\(\s*'([a-z0-9_.]+)'/g;
const DOCUMENTED = /^\| `([a-z0-9_.]+)` \| (gauge|counter|histogram) \|/gm;

const fullName = (name: string): string => (name.startsWith('hookstile.') ? name : `hookstile.${name}`);

it('docs/metrics.md names every metric that the services make, with its kind, and no other', () => {
  const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: REPOSITORY }).filter(
    (path) => !/\.(spec|fake)\.ts$/.test(path),
  );
  const made = sources.flatMap((path) =>
    [...readFileSync(join(REPOSITORY, path), 'utf8').matchAll(MADE)].map(
      ([, kind, name = '']) => `${fullName(name)} ${kind}`,
    ),
  );
  const page = readFileSync(join(REPOSITORY, 'docs/metrics.md'), 'utf8');
  const documented = [...page.matchAll(DOCUMENTED)].map(([, name, kind]) => `${name} ${kind}`);
  expect(documented.toSorted()).toEqual(made.toSorted());
});
