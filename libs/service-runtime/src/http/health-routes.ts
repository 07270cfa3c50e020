import type { FastifyInstance } from 'fastify';
import type { ReadinessChecks } from '../readiness.js';

/** Plain routes beside Nest's, registered before admission begins: a key is not asked for, so that a probe passes no guard and costs next to nothing. */
export function registerHealthRoutes(instance: FastifyInstance, readiness: ReadinessChecks): void {
  instance.get('/livez', (_request, reply) => {
    reply.send({ status: 'alive' });
  });
  instance.get('/readyz', async (_request, reply) => {
    const report = await readiness.report();
    return reply.status(report.status === 'ready' ? 200 : 503).send(report);
  });
}
