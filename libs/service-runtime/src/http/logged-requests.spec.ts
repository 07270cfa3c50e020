import type { FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { createLogger } from '../logger.js';
import { createHttpServer } from './http-adapter.js';

it('logs nothing of a request that it answers or refuses, and of one that fails its method and path alone', async () => {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const { adapter, filter } = createHttpServer({}, createLogger({ service: 'audit', level: 'trace', destination }));
  const instance = adapter.getInstance<FastifyInstance>();
  instance.setErrorHandler((error, request, reply) => filter.answer(error, request, reply));
  instance.get('/found', (_request, reply) => reply.send('ok'));
  instance.get('/fails', () => {
    throw new Error('at fault');
  });
  const headers = { authorization: 'Bearer hk_secret', cookie: 'hk_secret' };
  for (const url of ['/found?q=hk_secret', '/unknown?q=hk_secret', '/fails?q=hk_secret']) {
    await instance.inject({ method: 'GET', url, headers });
  }
  await instance.close();
  expect(lines).toMatchObject([{ msg: 'request failed', method: 'GET', path: '/fails', err: { message: 'at fault' } }]);
  expect(JSON.stringify(lines)).not.toContain('hk_secret');
});
