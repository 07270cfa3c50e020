import type { IncomingHttpHeaders } from 'node:http';

/** Whether a request announces a body that is not empty. */
export function hasBody({ 'content-length': length, 'transfer-encoding': encoding }: IncomingHttpHeaders): boolean {
  return encoding !== undefined || (length !== undefined && length !== '0');
}
