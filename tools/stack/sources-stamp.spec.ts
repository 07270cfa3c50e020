import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isBuilt, rememberBuild, sourcesStamp } from './sources-stamp.ts';

describe('the stamp of the sources', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hookstile-spec-'));
    for (const folder of ['apps/a/src', 'apps/a/dist', 'libs/b/node_modules']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    writeFileSync(join(root, 'apps/a/src/main.ts'), 'one');
    writeFileSync(join(root, 'apps/a/dist/main.js'), 'one');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('changes with a content, a name and the lock file', () => {
    const stamps = new Set([sourcesStamp(root)]);
    writeFileSync(join(root, 'apps/a/src/main.ts'), 'two');
    stamps.add(sourcesStamp(root));
    writeFileSync(join(root, 'apps/a/src/more.ts'), '');
    stamps.add(sourcesStamp(root));
    writeFileSync(join(root, 'package-lock.json'), '{}');
    stamps.add(sourcesStamp(root));
    expect(stamps.size).toBe(4);
  });

  it('does not change with what a build or an installation writes', () => {
    const before = sourcesStamp(root);
    writeFileSync(join(root, 'apps/a/dist/main.js'), 'two');
    writeFileSync(join(root, 'libs/b/node_modules/x.js'), 'two');
    expect(sourcesStamp(root)).toBe(before);
  });

  it('lets a build be skipped only for the same sources, and only while its output is there', () => {
    const outputs = ['apps/a/dist/main.js'];
    expect(isBuilt(root, sourcesStamp(root), outputs)).toBe(false);
    rememberBuild(root, sourcesStamp(root));
    expect(isBuilt(root, sourcesStamp(root), outputs)).toBe(true);
    expect(isBuilt(root, 'another', outputs)).toBe(false);
    rmSync(join(root, 'apps/a/dist'), { recursive: true });
    expect(isBuilt(root, sourcesStamp(root), outputs)).toBe(false);
  });
});
