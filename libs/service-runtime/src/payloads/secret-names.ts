import { NameSearch } from './name-search.js';

/** Members and form fields whose values the event log does not show, unless a setting names others. */
export const MASKED_NAMES_DEFAULT: readonly string[] = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'client_secret',
  'signing_secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'auth_token',
  'session_token',
  'authorization',
  'api_key',
  'access_key',
  'secret_key',
  'private_key',
  'credentials',
  'cookie',
  'set_cookie',
];

/** Headers that carry credentials, whatever the setting names. */
const SECRET_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'proxy-authentication-info',
]);

/** Case, dashes and underscores tell no names apart. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** The names whose values are secrets. */
export class SecretNames {
  readonly #names: ReadonlySet<string>;
  readonly #longest: number;
  readonly #search: NameSearch;

  /** @param names letters, digits, dashes and underscores */
  constructor(names: readonly string[]) {
    const known = [...new Set(names.map(plain))].filter((name) => name !== '');
    this.#names = new Set(known);
    this.#longest = Math.max(0, ...known.map((name) => name.length));
    this.#search = new NameSearch(known);
  }

  has(name: string): boolean {
    return this.#names.has(plain(name));
  }

  /** Whether one of the names is in bytes, as it is: not where its characters are escaped. Cheap. */
  areIn(bytes: Buffer, from?: number, to?: number): boolean {
    return this.#search.isIn(bytes, from, to);
  }

  /** Whether a header carries a credential, or has one of the names as one of its words or several: `X-Auth-Token`. */
  hasHeader(name: string): boolean {
    const lower = name.toLowerCase();
    if (SECRET_HEADERS.has(lower)) return true;
    const words = lower.split(/[-_]/).filter((word) => word !== '');
    return words.some((_, from) => this.#beginsOneOf(words, from));
  }

  /** Looks no further than the longest name goes: whoever answers a request writes headers of thousands of words. */
  #beginsOneOf(words: readonly string[], from: number): boolean {
    let joined = '';
    for (let at = from; at < words.length && joined.length < this.#longest; at += 1) {
      joined += words[at];
      if (this.#names.has(joined)) return true;
    }
    return false;
  }
}
