import type { FastifyInstance } from 'fastify';
import type { ReadinessChecks } from '../readiness.js';

const OPEN = { config: { access: 'open' } } as const;

/** Plain routes beside Nest's, so that a probe passes no guard and costs next to nothing. */
export function registerHealthRoutes(instance: FastifyInstance, readiness: ReadinessChecks): void {
  instance.get('/livez', OPEN, (_request, reply) => {
    reply.send({ status: 'alive' });
  });
  instance.get('/readyz', OPEN, async (_request, reply) => {
    const report = await readiness.report();
    return reply.status(report.status === 'ready' ? 200 : 503).send(report);
  });
}
