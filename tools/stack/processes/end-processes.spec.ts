import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endProcesses } from './end-processes.ts';
import { type OwnedProcess, ownedProcess, type Stage } from './owned-processes.ts';
import { isRunning } from './process-identity.ts';

const GRACE_MS = 300;

async function started(script: string, stage: Stage, graceMs = GRACE_MS): Promise<OwnedProcess> {
  const child = spawn('/bin/sh', ['-c', `${script} echo up; while :; do sleep 0.05; done`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const owned = ownedProcess(child.pid ?? 0, { name: stage, stage, stopSignal: 'SIGTERM', graceMs });
  if (owned === null) throw new Error('the process ended at once');
  return owned;
}

describe('ending processes', () => {
  it('kills one that does not heed its signal within its grace, and says so', async () => {
    const deaf = await started('trap "" TERM;', 'services');
    const killed: string[] = [];
    await endProcesses([deaf], { onKill: ({ name }) => killed.push(name) });
    expect(isRunning(deaf)).toBe(false);
    expect(killed).toEqual(['services']);
  });

  it('ends all services before what they need', async () => {
    const slow = await started('trap "sleep 0.2; exit 0" TERM;', 'services', 5_000);
    const backing = await started('', 'backing');
    const ending = endProcesses([backing, slow]);
    while (isRunning(backing)) await new Promise((resolve) => setTimeout(resolve, 5));
    const serviceRanWhenBackingEnded = isRunning(slow);
    await ending;
    expect(serviceRanWhenBackingEnded).toBe(false);
  });

  it('kills at once when the user has lost patience', async () => {
    const deaf = await started('trap "" TERM;', 'services', 60_000);
    await endProcesses([deaf], { force: AbortSignal.abort() });
    expect(isRunning(deaf)).toBe(false);
  });

  it('leaves a stranger alone that has the pid of a process long gone', async () => {
    const stranger = await started('', 'services');
    await endProcesses([{ ...stranger, startTime: '1' }]);
    expect(isRunning(stranger)).toBe(true);
    await endProcesses([stranger]);
  });
});
