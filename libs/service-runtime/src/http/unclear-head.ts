import type { IncomingMessage } from 'node:http';
import { timesGiven } from './raw-headers.js';

/** Node drops what is above its own bound without a word, so that ours is below it. */
export const HEADERS_MAX_COUNT = 200;
export const NODE_HEADERS_MAX_COUNT = HEADERS_MAX_COUNT + 1;

/** What proxies and servers are known to read differently from each other, so that one of them is fooled. */
export function unclearIn({ httpVersion, headers, rawHeaders }: IncomingMessage): string | null {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'this server speaks HTTP/1.1';
  const hosts = timesGiven(rawHeaders, 'host');
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 'the header Host must be there once';
  if (httpVersion !== '1.1' && headers['transfer-encoding'] !== undefined) {
    return 'HTTP/1.0 knows no header Transfer-Encoding';
  }
  return null;
}

/** Whether there are more headers than are looked at. */
export function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.length / 2 > HEADERS_MAX_COUNT;
}
