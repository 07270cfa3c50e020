import { expect, it } from 'vitest';
import { serviceCommand } from './service-processes.ts';

const PLAN = { instance: 'x', entry: 'x.js', environment: { PORT: '1' }, urls: {} } as unknown as Parameters<
  typeof serviceCommand
>[0];

it('gives a process more threads than silent name servers are likely to hold, or as many as it is told', () => {
  expect(serviceCommand(PLAN, {}).env).toEqual({ UV_THREADPOOL_SIZE: '32', PORT: '1' });
  expect(serviceCommand(PLAN, { UV_THREADPOOL_SIZE: '8' }).env).toEqual({ UV_THREADPOOL_SIZE: '8', PORT: '1' });
});
