const MASK = '***';

/**
 * Text with the user and password of every URL masked: libraries put connection URLs into their messages. Up to the last
 * `@`, as URLs are read: a password may hold one.
 */
export function maskUrls(text: string): string {
  return text.includes('://') ? text.replaceAll(/:\/\/[^\s/]*@/g, `://${MASK}@`) : text;
}

/** A reason in one line without credentials. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? messageOf(error) : String(error);
  return maskUrls(text).replaceAll(/\s*[\r\n]+\s*/g, '; ');
}

/** Node gives an AggregateError of connection attempts no message of its own, and libraries set these members to what they like. */
function messageOf(error: Error): string {
  const { message, name }: { message: unknown; name: unknown } = error;
  if (typeof message === 'string' && message !== '') return message;
  if (error instanceof AggregateError) return error.errors.map((one) => reasonOf(one)).join(', ');
  return typeof name === 'string' ? name : 'Error';
}
