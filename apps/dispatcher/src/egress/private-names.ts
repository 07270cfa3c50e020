/**
 * Names that mean something inside a network only: by RFC 6761, 6762, 7686, 8375, 9476, by ICANN's reservations, and by
 * what Kubernetes, Consul and clouds call their own.
 */
const PRIVATE_SUFFIXES: readonly string[] = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'svc',
  'consul',
  'onion',
  'alt',
  // Google's metadata service by its public name, and Kubernetes' API as pods without a search domain know it.
  'metadata.goog',
  'kubernetes.default',
];

const DOTS_AT_END = /\.+$/;

/** Lower case, without the dot that ends an absolute name, and without more of them, which others may leave out, too. */
export function plainName(hostname: string): string {
  const lower = hostname.toLowerCase();
  return lower.endsWith('.') ? lower.replace(DOTS_AT_END, '') : lower;
}

/** Whether `name` is `suffix` or stands below it. */
export function isUnder(name: string, suffix: string): boolean {
  return name === suffix || name.endsWith(`.${suffix}`);
}

/** A name of one part alone is one, too: search domains and container engines give it its meaning. */
export function isPrivateName(name: string): boolean {
  return !name.includes('.') || PRIVATE_SUFFIXES.some((suffix) => isUnder(name, suffix));
}
