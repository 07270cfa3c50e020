import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHome } from './home.ts';

describe('HOOKSTILE_HOME', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'hookstile-spec-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('gets its keys once: a second start has the same', () => {
    const home = join(parent, 'a/b');
    const first = openHome(home).keys;
    expect(first.adminKey).toMatch(/^hk_[0-9a-f]{48}$/);
    expect(Buffer.from(first.encryptionKeys.split(':')[1] ?? '', 'base64')).toHaveLength(32);
    expect(openHome(home).keys).toEqual(first);
  });

  it('keeps keys, logs and messages from other users', () => {
    const home = openHome(join(parent, 'home'));
    expect(statSync(join(home.directory, 'keys.json')).mode & 0o777).toBe(0o600);
    expect(statSync(home.logs).mode & 0o777).toBe(0o700);
    expect(statSync(home.kafka).mode & 0o777).toBe(0o700);
  });

  it('may be there already with mode 0700, which it keeps', () => {
    chmodSync(parent, 0o700);
    openHome(parent);
    expect(statSync(parent).mode & 0o777).toBe(0o700);
  });

  it('does not make new keys when the old ones are damaged, for they would not open the stored secrets', () => {
    writeFileSync(join(parent, 'keys.json'), '{"adminKey":"hk_1"}');
    expect(() => openHome(parent)).toThrow(/lacks a key/);
    expect(readFileSync(join(parent, 'keys.json'), 'utf8')).toBe('{"adminKey":"hk_1"}');
  });

  it('is refused in one line when it cannot be made', () => {
    writeFileSync(join(parent, 'file'), '');
    expect(() => openHome(join(parent, 'file'))).toThrow(/^HOOKSTILE_HOME cannot be used: /);
  });
});
