import { ProblemError } from '@hookstile/service-runtime';
import { describe, expect, it } from 'vitest';
import { listFormatOf } from './export-format.js';

function refusalOf(parameter: unknown, accept?: string): string {
  try {
    return listFormatOf(parameter, accept);
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

describe('the format of a list', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['text/csv', 'csv'],
    ['TEXT/CSV; header=present', 'csv'],
    ['application/x-ndjson', 'ndjson'],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', 'json'],
    ['text/csv, */*', 'csv'],
    ['*/*, text/csv', 'csv'],
    ['text/csv;q=0.5, application/json', 'json'],
    ['text/csv;q=0.5, application/x-ndjson;q=0.9', 'ndjson'],
    ['application/x-ndjson, text/csv', 'ndjson'],
    ['text/csv, application/x-ndjson', 'csv'],
    ['text/*', 'csv'],
    ['application/*', 'json'],
    ['*/*, application/json;q=0', 'ndjson'],
    ['nonsense', 'json'],
  ])('of Accept: %s is %s', (accept, format) => {
    expect(listFormatOf(undefined, accept)).toBe(format);
  });

  it.each([
    ['text/html'],
    ['text/csv;q=0'],
    ['*/*;q=0'],
    ['application/*, application/json;q=0, application/x-ndjson;q=0'],
  ])('is refused as not acceptable where only %s is accepted', (accept) => {
    expect(refusalOf(undefined, accept)).toBe('not_acceptable');
  });

  it('is what the parameter says, whatever is accepted', () => {
    expect(listFormatOf('csv', 'application/json')).toBe('csv');
    expect(listFormatOf('json', 'text/html')).toBe('json');
  });

  it.each([['xml'], [''], ['CSV'], [['csv', 'csv']]])(
    'is refused as malformed where the parameter is %j',
    (parameter) => {
      expect(refusalOf(parameter)).toBe('malformed');
    },
  );
});
