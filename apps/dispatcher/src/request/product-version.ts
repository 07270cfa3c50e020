import { readFileSync } from 'node:fs';

/** Two folders up from both src/request and dist/request. */
const PACKAGE_FILE = new URL('../../package.json', import.meta.url);

/** The version in `user-agent`; every package of the repository carries the same. */
export function productVersion(): string {
  return String(JSON.parse(readFileSync(PACKAGE_FILE, 'utf8')).version);
}
