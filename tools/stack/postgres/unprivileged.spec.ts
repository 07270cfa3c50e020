import { describe, expect, it } from 'vitest';
import { enterable, foldersAbove, NOBODY } from './unprivileged.ts';

describe('folders on the way to the data of Postgres', () => {
  it.each([
    [{ uid: 0, gid: 0, mode: 0o755 }, true],
    [{ uid: 0, gid: 0, mode: 0o711 }, true],
    [{ uid: 0, gid: 0, mode: 0o700 }, false],
    [{ uid: 0, gid: 0, mode: 0o750 }, false],
    [{ ...NOBODY, mode: 0o700 }, true],
    [{ uid: 0, gid: NOBODY.gid, mode: 0o705 }, false],
  ])('with %o may be entered by the unprivileged user: %s', (folder, expected) => {
    expect(enterable(folder)).toBe(expected);
  });

  it('are all those above it', () => {
    expect(foldersAbove('/a/b/c')).toEqual(['/a/b', '/a', '/']);
  });
});
