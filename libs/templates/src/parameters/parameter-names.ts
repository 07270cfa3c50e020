/** What a decision rule may ask of its caller's request. `headers.X` stands beside these, for any header's name. */
export const PARAMETER_NAMES = [
  'username',
  'internal_addr',
  'user_agent',
  'remote_ip',
  'cert_thumbprint',
  'cert_thumbprint_upper',
  'cert_thumbprint_256',
  'cert_thumbprint_256_upper',
  'cert_name',
  'cert_alt_name',
  'device_id',
  'groups',
  'group_names',
] as const;
export type ParameterName = (typeof PARAMETER_NAMES)[number];

export const HEADERS_PREFIX = 'headers.';

const NAMES: ReadonlySet<string> = new Set(PARAMETER_NAMES);

/** RFC 9110, section 5.6.2, without the percent sign, which ends a parameter. */
const HEADER_NAME = /^[!#$&'*+\-.^_`|~0-9A-Za-z]+$/;

export function isHeaderName(text: string): boolean {
  return HEADER_NAME.test(text);
}

/** The name under which a parameter's value is kept, or null of a word that is no parameter. Headers' case is no matter. */
export function parameterOf(word: string): string | null {
  if (NAMES.has(word)) return word;
  if (!word.startsWith(HEADERS_PREFIX) || !isHeaderName(word.slice(HEADERS_PREFIX.length))) return null;
  return word.toLowerCase();
}
