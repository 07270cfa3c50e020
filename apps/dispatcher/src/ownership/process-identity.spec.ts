import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isDeadNeighbour, ownerName } from './process-identity.js';

it('knows a dead process of this machine, and no other', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const owner = ownerName(child.pid ?? 0, 'a');
  expect(isDeadNeighbour(owner)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isDeadNeighbour(owner)).toBe(true);
  expect(isDeadNeighbour(`elsewhere${owner}`)).toBe(false);
  expect(isDeadNeighbour(ownerName(process.pid, 'b'))).toBe(false);
  expect(isDeadNeighbour('unique-only')).toBe(false);
});
