import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvHeader, csvLine } from './csv.js';

/** The cells of one line, read as RFC 4180 says; null is a cell with nothing in it. */
function cellsOf(line: string): (string | null)[] {
  const cells: (string | null)[] = [];
  let at = 0;
  while (at < line.length) {
    const match = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
    match.lastIndex = at;
    const [whole = '', cell = '', end = ''] = match.exec(line) ?? [];
    if (whole === '') throw new Error(`no cell at ${at} of ${line}`);
    cells.push(cell === '' ? null : cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    at += whole.length;
    if (end === '\r\n' && at < line.length) throw new Error('a line ends before its end');
  }
  return cells;
}

const withoutGuard = (cell: string | null) => (cell?.startsWith("'") ? cell.slice(1) : cell);

describe('a line of CSV', () => {
  it('reads back as the texts that it was made of, one apostrophe being taken away, and none begins a formula', () => {
    const text = fc.oneof(
      fc.constant(null),
      fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n＝"\',;ab1 ') }),
      fc.string(),
    );
    const line = fc.array(text, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(line, (texts) => {
        const cells = cellsOf(csvLine(texts));
        expect(cells.map(withoutGuard)).toEqual(texts);
        for (const cell of cells) expect(cell ?? '').not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
      }),
    );
  });

  it('shows numbers and truth values as JSON does, what has parts as JSON, and null as nothing', () => {
    expect(csvLine([-1.5, true, null, '', ['a', 'b'], { c: '=1' }])).toBe(
      '-1.5,true,,"","[""a"",""b""]","{""c"":""=1""}"\r\n',
    );
  });

  it('begins the file with the names of its columns', () => {
    expect(csvHeader(['id', 'request.url'])).toBe('id,request.url\r\n');
  });
});
