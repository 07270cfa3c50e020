import { describe, expect, it } from 'vitest';
import { FuzzerMissingError, findPython } from './python-environment.ts';

const machineWith = (versions: Record<string, string>) => async (command: string) => versions[command] ?? null;

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
