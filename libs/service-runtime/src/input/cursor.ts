import { ProblemError } from '../problems/problem.error.js';

const CURSOR_MAX_LENGTH = 1_024;

/** An opaque cursor: the position after a page's last row. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** What `encodeCursor` was given. Throws `malformed` for anything else; `check` looks at the shape. */
export function decodeCursor<T>(cursor: string, check: (value: unknown) => value is T): T {
  const value = cursor.length <= CURSOR_MAX_LENGTH ? parse(cursor) : undefined;
  if (!check(value)) throw new ProblemError('malformed', 'cursor: not one that this list gave out');
  return value;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
