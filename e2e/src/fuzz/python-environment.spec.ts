import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FuzzerMissingError, findPython } from './python-environment.ts';

const machineWith = (versions: Record<string, string>) => async (command: string) => versions[command] ?? null;

describe('the Python packages of the fuzzer', () => {
  it('are each pinned to a version and the digests of its files', () => {
    const text = readFileSync(new URL('./requirements.txt', import.meta.url), 'utf8').replaceAll('\\\n', ' ');
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toContainEqual(expect.stringMatching(/^schemathesis==/));
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[\d.]+ (; [^-]+)?(\s*--hash=sha256:[0-9a-f]{64})+$/);
  });
});

describe('the Python of the fuzzer', () => {
  it('is the first one that is new enough', async () => {
    const found = await findPython(machineWith({ python3: '3.9.2', 'python3.12': '3.12.1', 'python3.11': '3.11.7' }));
    expect(found).toEqual({ command: 'python3.12', version: '3.12.1' });
  });

  it.each([{ python3: '3.10.9' }, { python: '2.7.18' }, {}])(
    'is missed in words where there is only %j',
    async (own) => {
      await expect(findPython(machineWith(own))).rejects.toThrow(FuzzerMissingError);
      await expect(findPython(machineWith(own))).rejects.toThrow(/Python 3\.11 or newer/);
    },
  );
});
