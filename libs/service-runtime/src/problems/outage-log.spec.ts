import { pino } from 'pino';
import { expect, it } from 'vitest';
import { OUTAGE_LOG_INTERVAL_MS, OutageLog } from './outage-log.js';

it('says an outage once in a while, with how many requests it cost since, and another one at once', () => {
  const lines: Record<string, unknown>[] = [];
  let nowMs = 5;
  const log = new OutageLog(pino({}, { write: (line) => void lines.push(JSON.parse(line)) }), {
    monotonicMs: () => nowMs,
  });
  const request = { method: 'POST', path: '/v1/events' };
  for (let n = 0; n < 100; n += 1) log.note(new Error('no broker'), request);
  log.note(new Error('no database'), request);
  nowMs += OUTAGE_LOG_INTERVAL_MS;
  log.note(new Error('no broker'), request);
  expect(lines.map(({ err, alike }) => [(err as Error).message, alike])).toEqual([
    ['no broker', 0],
    ['no database', 0],
    ['no broker', 99],
  ]);
  expect(lines[0]).toMatchObject({ level: 40, ...request });
});
