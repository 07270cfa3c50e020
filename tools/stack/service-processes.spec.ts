import { expect, it } from 'vitest';
import { serviceCommand } from './service-processes.ts';

const PLAN = { instance: 'x', entry: 'x.js', environment: { PORT: '1' }, urls: {} } as unknown as Parameters<
  typeof serviceCommand
>[0];

function memoryOf(environment: NodeJS.ProcessEnv) {
  const { args, env } = serviceCommand(PLAN, environment);
  const names = ['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'MALLOC_ARENA_MAX'];
  return [...args.filter((arg) => arg.startsWith('--max-')), ...names.map((name) => (env as NodeJS.ProcessEnv)[name])];
}

it('gives a process more threads than silent name servers are likely to hold, or as many as it is told', () => {
  expect(serviceCommand(PLAN, {}).env).toMatchObject({ UV_THREADPOOL_SIZE: '32', PORT: '1' });
  expect(serviceCommand(PLAN, { UV_THREADPOOL_SIZE: '8' }).env).toMatchObject({ UV_THREADPOOL_SIZE: '8', PORT: '1' });
});

it('bounds what V8 and glibc keep, as the environment says where it does', () => {
  expect(memoryOf({})).toEqual(['--max-semi-space-size=16', '--max-old-space-size=1024', '131072', '131072', '2']);
  const given = { NODE_OPTIONS: '--enable-source-maps --max_old_space_size=4096', MALLOC_TRIM_THRESHOLD_: '1' };
  expect(memoryOf(given)).toEqual(['--max-semi-space-size=16', '131072', '1', '2']);
});
