const MASK = '***';
const DEPTH_MAX = 5;

/** Members whose values are secrets wherever they are logged; compared in lower case without dashes and underscores. */
const SECRET_MEMBERS = new Set([
  'authorization',
  'proxyauthorization',
  'cookie',
  'password',
  'secret',
  'signingsecret',
  'clientsecret',
  'token',
  'apikey',
  'adminkey',
  'webhooksignature',
  'hookstileadminkey',
  'hookstileencryptionkeys',
  'databaseurl',
]);

function isSecret(member: string): boolean {
  return SECRET_MEMBERS.has(member.toLowerCase().replaceAll(/[-_]/g, ''));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The value with every secret member masked; copies only what it changes, so that a clean line costs no copy. */
export function maskSecrets<T>(value: T, depth = 0): T {
  if (depth > DEPTH_MAX || !isPlain(value)) return value;
  let masked: Record<string, unknown> | null = null;
  for (const [member, before] of Object.entries(value)) {
    const after = isSecret(member) && before !== null && before !== undefined ? MASK : maskSecrets(before, depth + 1);
    if (after === before) continue;
    masked ??= { ...value };
    masked[member] = after;
  }
  return (masked ?? value) as T;
}

/** Text with the user and password of every URL masked: libraries put connection URLs into their messages. */
export function maskUrls(text: string): string {
  return text.includes('://') ? text.replaceAll(/:\/\/[^@\s/]*@/g, `://${MASK}@`) : text;
}

/** A reason in one line without credentials. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? messageOf(error) : String(error);
  return maskUrls(text).replaceAll(/\s*[\r\n]+\s*/g, '; ');
}

/** Node gives an AggregateError of connection attempts no message of its own. */
function messageOf(error: Error): string {
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError) return error.errors.map((one) => reasonOf(one)).join(', ');
  return error.name;
}
