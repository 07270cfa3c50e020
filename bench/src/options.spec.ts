import { expect, test } from 'vitest';
import { benchOptions, SCENARIOS } from './options.ts';

test('runs all scenarios unless some are named, in their own order', () => {
  expect(benchOptions([]).scenarios).toEqual(SCENARIOS);
  expect(benchOptions(['throughput', 'idle']).scenarios).toEqual(['idle', 'throughput']);
});

test('reads numbers', () => {
  expect(benchOptions(['--seconds', '7', '--integrations=3'])).toMatchObject({ seconds: 7, integrations: 3 });
});

test.each([[['nonsense']], [['--seconds', '0']], [['--seconds', 'ten']], [['--what', '1']]])('refuses %j', (args) => {
  expect(() => benchOptions(args)).toThrow(/npm run bench/);
});
