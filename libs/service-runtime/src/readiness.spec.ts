import { describe, expect, it } from 'vitest';
import { ReadinessChecks } from './readiness.js';

const TIMEOUT_MS = 20;

describe('ReadinessChecks', () => {
  it('is ready while every dependency is up', async () => {
    const readiness = new ReadinessChecks(TIMEOUT_MS);
    readiness.register('postgres', () => undefined);
    expect(await readiness.report()).toEqual({ status: 'ready', dependencies: { postgres: { status: 'up' } } });
  });

  it('says which dependency is down and why, also one that throws at once, without credentials', async () => {
    const readiness = new ReadinessChecks(TIMEOUT_MS);
    readiness.register('kafka', async () => undefined);
    readiness.register('postgres', () => {
      throw new Error('no route to postgres://u:hunter2@db/x');
    });
    expect(await readiness.report()).toEqual({
      status: 'unready',
      dependencies: {
        kafka: { status: 'up' },
        postgres: { status: 'down', detail: 'no route to postgres://***@db/x' },
      },
    });
  });

  it('asks a dependency once for all that want to know at the same time, and anew for the next', async () => {
    let asked = 0;
    const answer = Promise.withResolvers<void>();
    const readiness = new ReadinessChecks();
    readiness.register('postgres', () => {
      asked += 1;
      return answer.promise;
    });
    const reports = Array.from({ length: 100 }, () => readiness.report());
    answer.resolve();
    expect(new Set((await Promise.all(reports)).map(({ status }) => status))).toEqual(new Set(['ready']));
    expect(asked).toBe(1);
    await readiness.report();
    expect(asked).toBe(2);
  });

  it('takes a dependency that does not answer in time for down', async () => {
    const readiness = new ReadinessChecks(TIMEOUT_MS);
    readiness.register('postgres', () => new Promise(() => {}));
    expect((await readiness.report()).dependencies.postgres).toEqual({
      status: 'down',
      detail: 'no answer within 20 ms',
    });
  });

  it('is ready without what requests are taken without, and says so', async () => {
    const readiness = new ReadinessChecks(TIMEOUT_MS, new Set(['postgres']));
    readiness.register('kafka', () => undefined);
    readiness.register('postgres', () => {
      throw new Error('gone');
    });
    expect(await readiness.report()).toEqual({
      status: 'ready',
      dependencies: { kafka: { status: 'up' }, postgres: { status: 'down', detail: 'gone', required: false } },
    });
  });

  it('is not ready once it stops, whatever is up', async () => {
    const readiness = new ReadinessChecks(TIMEOUT_MS);
    readiness.register('postgres', () => undefined);
    readiness.stop();
    expect((await readiness.report()).status).toBe('stopping');
  });
});
