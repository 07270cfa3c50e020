import { expect, test } from 'vitest';
import { benchOptions, LOAD_SCENARIOS } from './options.ts';

test('runs the short scenarios unless some are named, in their own order', () => {
  expect(benchOptions([]).scenarios).toEqual(LOAD_SCENARIOS);
  expect(benchOptions(['recovery', 'throughput', 'idle']).scenarios).toEqual(['idle', 'throughput', 'recovery']);
});

test('reads numbers', () => {
  expect(benchOptions(['--seconds', '7', '--integrations=3'])).toMatchObject({ seconds: 7, integrations: 3 });
});

test.each([[['nonsense']], [['--seconds', '0']], [['--seconds', 'ten']], [['--what', '1']]])('refuses %j', (args) => {
  expect(() => benchOptions(args)).toThrow(/npm run bench/);
});
