const LINE_END = '\r\n';
const TO_QUOTE = /[",\r\n]/;

/**
 * How a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection); and the apostrophe, so that
 * whoever takes one away from each cell that begins with one has the text as it was.
 */
const GUARDED = /^[=+\-@\t\r\n＝＋－＠']/;

/** A line of CSV (RFC 4180) without apostrophes: for names that are ours. */
export function csvHeader(columns: readonly string[]): string {
  return columns.join(',') + LINE_END;
}

/** A line of CSV (RFC 4180): texts guarded, numbers and truth values as in JSON, what has parts as JSON, null as nothing. */
export function csvLine(values: readonly unknown[]): string {
  let line = '';
  for (let at = 0; at < values.length; at += 1) line += (at === 0 ? '' : ',') + cellOf(values[at]);
  return line + LINE_END;
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return quoted(JSON.stringify(value));
  // Unlike null.
  if (value === '') return '""';
  return quoted(GUARDED.test(value) ? `'${value}` : value);
}

function quoted(text: string): string {
  return TO_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
