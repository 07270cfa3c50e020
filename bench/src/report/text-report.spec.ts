import { expect, test } from 'vitest';
import { figure } from '../measure/figures.ts';
import { textReport } from './text-report.ts';

test('says of each figure what is wanted of it, and whether it was missed', () => {
  const figures = [
    figure('rate', 480.4, '/s', 0, { atLeast: 500 }),
    figure('ratio', 1.234, '×', 2, { atMost: 2 }),
    figure('p50', 9, 'ms', 1),
  ];
  expect(textReport({ scenario: 'recovery', title: 'a title', figures }).split('\n')).toEqual([
    'recovery: a title',
    '  rate          480 /s       wanted: at least 500 /s – MISSED',
    '  ratio        1.23 ×        wanted: at most 2 ×',
    '  p50           9.0 ms',
    '',
  ]);
});
