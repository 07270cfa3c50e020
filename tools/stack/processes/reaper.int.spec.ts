import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '@hookstile/testing';
import { describe, expect, it } from 'vitest';
import { recordedProcesses } from './owned-processes.ts';
import { isRunning } from './process-identity.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** A start that owns one process, and is then killed like nobody would want it to be. */
const START = `
  const { OwnedProcesses } = await import('${HERE}owned-processes.ts');
  const { spawnOwned } = await import('${HERE}spawn-owned.ts');
  const { Reaper } = await import('${HERE}reaper.ts');
  const directory = process.argv[1];
  const owned = new OwnedProcesses(directory);
  new Reaper(directory, { removeDirectory: true });
  await spawnOwned(owned, { name: 'sleeper', stage: 'backing', stopSignal: 'SIGTERM', graceMs: 1000, command: 'sleep',
    args: ['600'], env: process.env, cwd: '/', logFile: directory + '/sleeper.log' });
  setInterval(() => {}, 1000);
`;

describe('the reaper', () => {
  it('ends what a killed start had brought up, and removes its temporary folder', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hookstile-spec-'));
    const start = spawn(process.execPath, ['--input-type=module', '-e', START, directory], { stdio: 'inherit' });
    const [sleeper] = await until(
      () => (recordedProcesses(directory).length > 0 ? recordedProcesses(directory) : null),
      {
        what: 'the sleeper',
      },
    );
    expect(sleeper !== undefined && isRunning(sleeper)).toBe(true);
    start.kill('SIGKILL');
    await until(() => (sleeper !== undefined && !isRunning(sleeper) && !existsSync(directory) ? true : null), {
      what: 'the end of the sleeper and its folder',
    });
  });
});
