import { describe, expect, it } from 'vitest';
import { createLogger, nestLogger } from './logger.js';

function logging() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  return { lines, logger: createLogger({ service: 'audit', level: 'debug', destination: { write } }) };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with time, level and service', () => {
    const { lines, logger } = logging();
    logger.info({ deliveryId: 'dlv_1' }, 'attempted\ntwice');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/Z$/),
        service: 'audit',
        deliveryId: 'dlv_1',
        msg: 'attempted\ntwice',
      },
    ]);
  });

  it('masks secrets of members and of errors', () => {
    const { lines, logger } = logging();
    const err = Object.assign(new Error('cannot reach postgres://u:hunter2@db'), { code: 'ECONNREFUSED' });
    logger.error({ err, headers: { authorization: 'Bearer hk_secret' } }, 'failed');
    expect(lines[0]).toMatchObject({ headers: { authorization: '***' }, err: { code: 'ECONNREFUSED' } });
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|hk_secret/);
  });

  it("writes Nest's start-up lines as debug and its errors as errors", () => {
    const { lines, logger } = logging();
    const nest = nestLogger(logger);
    nest.log('Nest application started', 'NestApplication');
    nest.error('broken', undefined, 'Router');
    expect(lines).toMatchObject([
      { level: 'debug', context: 'NestApplication' },
      { level: 'error', context: 'Router' },
    ]);
  });
});
