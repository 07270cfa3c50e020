import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLogMember, LOG_TEXT_MAX_CHARACTERS } from './log-members.js';
import { createLogger, nestLogger } from './logger.js';

/** What each line may have beside the list. */
const ALWAYS = ['level', 'time', 'msg', 'err', 'leftOut'];
const LINE_MAX_CHARACTERS = 100_000;
const HEAD = { time: expect.stringMatching(/Z$/), service: 'audit' };

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

  it('writes the members of its list alone, and only names what it leaves out', () => {
    const { lines, logger } = logging();
    const given = {
      integrationId: 'int_1',
      headers: { authorization: 'Bearer hk_secret' },
      body: 'hk_secret',
      apiKey: 'hk_secret',
    };
    logger.warn(given, 'odd');
    expect(lines).toEqual([
      { ...HEAD, level: 'warn', integrationId: 'int_1', leftOut: ['headers', 'body', 'apiKey'], msg: 'odd' },
    ]);
  });

  it('writes single values and lists of them, and nothing that an object holds', () => {
    const { lines, logger } = logging();
    const value = { toJSON: () => 'hk_secret' };
    logger.info(
      { offset: 7n, partitions: [1, 2], topic: ['a', value], reason: value, detail: Buffer.from('hk_secret') },
      'x',
    );
    expect(lines).toMatchObject([{ offset: '7', partitions: [1, 2], leftOut: ['topic', 'reason', 'detail'] }]);
    expect(JSON.stringify(lines)).not.toContain('hk_secret');
  });

  it('writes of an error its name, message, code and stack, without credentials, and nothing that hangs on it', () => {
    const { lines, logger } = logging();
    const request = { headers: { authorization: 'Bearer hk_secret' } };
    const err = Object.assign(new Error('cannot reach postgres://u:hunter2@db'), { code: 'ECONNREFUSED', request });
    logger.error({ err }, 'failed at amqp://v:hunter2@mq');
    logger.error(err);
    logger.error({ err: { message: 'hk_secret' } }, 'thrown as it is');
    expect(lines[0]).toMatchObject({ err: { type: 'Error', code: 'ECONNREFUSED' }, msg: 'failed at amqp://***@mq' });
    expect(lines[1]).toMatchObject({ err: { type: 'Error' }, msg: 'cannot reach postgres://***@db' });
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|hk_secret/);
  });

  it('writes no more of a text than its bound, and masks a credential before it is cut', () => {
    const { lines, logger } = logging();
    const password = 'hunter2'.repeat(200);
    logger.info({ reason: `postgres://u:${password}@db`, detail: 'x'.repeat(100_000) }, 'y'.repeat(100_000));
    const [line] = lines;
    expect(line).toMatchObject({ reason: 'postgres://***@db' });
    expect(JSON.stringify(line).length).toBeLessThan(3 * LOG_TEXT_MAX_CHARACTERS);
  });

  it('writes nothing of a child, and no further argument, that is not on the list', () => {
    const { lines, logger } = logging();
    logger.child({ topic: 't', password: 'hk_secret' }).info({}, 'with %s', 'hk_secret');
    expect(lines).toMatchObject([{ topic: 't', leftOut: ['password'], msg: 'with %s' }]);
    expect(JSON.stringify(lines)).not.toContain('hk_secret');
  });

  it('writes one bounded line of listed members, whatever it is given, and never throws', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('err', 'topic', 'reason', 'msg', 'time', '__proto__', 'toJSON'));
    const error = fc.record({
      message: fc.anything(),
      stack: fc.anything(),
      code: fc.anything(),
      name: fc.anything(),
      cause: fc.anything(),
    });
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withSparseArray: true }),
      error.map((given) => Object.assign(new Error('e'), given)),
    );
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(name, value, { maxKeys: 5 }), value), fc.anything(), (members, text) => {
        const written: string[] = [];
        const destination = { write: (line: string) => void written.push(line) };
        createLogger({ service: 'audit', level: 'debug', destination }).info(members, text as string);
        expect(written).toHaveLength(1);
        expect(written[0]?.length).toBeLessThan(LINE_MAX_CHARACTERS);
        expect(written[0]).toMatch(/^[^\n]*\n$/);
        const names = Object.keys(JSON.parse(written[0] ?? ''));
        expect(names.filter((one) => !isLogMember(one) && !ALWAYS.includes(one))).toEqual([]);
      }),
    );
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
