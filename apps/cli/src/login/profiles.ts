import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Account } from '../api/api-client.ts';
import { usageError } from '../cli.error.ts';

export const DEFAULT_PROFILE = 'default';

interface ProfilesFile {
  /** The one that was logged in to last. */
  current: string;
  profiles: Record<string, Account>;
}

const OTHERS_MAY = 0o077;
const NAME = /^[\w.-]{1,64}$/;

/** Where accounts are kept: `$XDG_CONFIG_HOME/hookstile/profiles.json`, for the user's eyes alone. */
export class Profiles {
  readonly path: string;
  readonly #uniqueSuffix: string;

  constructor(configHome: string, uniqueSuffix: string) {
    this.path = join(configHome, 'hookstile', 'profiles.json');
    this.#uniqueSuffix = uniqueSuffix;
  }

  /** The named profile, or the current one; null where there is none. */
  async find(name: string | null): Promise<Account | null> {
    const file = await this.#read();
    if (name === null) return file?.profiles[file.current] ?? null;
    return file && Object.hasOwn(file.profiles, name) ? (file.profiles[name] ?? null) : null;
  }

  /** Keeps the account under the name, and makes it the current one. */
  async save(name: string, account: Account): Promise<void> {
    if (!NAME.test(name) || name === '__proto__') {
      throw usageError(`"${name}" is no name for a profile: letters, digits, ".", "_" and "-", at most 64.`);
    }
    const before = await this.#read({ whoeverMayRead: true });
    const file: ProfilesFile = { current: name, profiles: { ...before?.profiles, [name]: account } };
    await this.#write(`${JSON.stringify(file, null, 2)}\n`).catch((error: NodeJS.ErrnoException) => {
      throw usageError(`${this.path} cannot be written: ${error.code ?? error.message}.`);
    });
  }

  async #write(text: string): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const written = `${this.path}.${this.#uniqueSuffix}`;
    await writeFile(written, text, { mode: 0o600, flag: 'wx' });
    // Whatever the mask of the process says.
    await chmod(written, 0o600);
    await rename(written, this.path);
  }

  async #read({ whoeverMayRead = false } = {}): Promise<ProfilesFile | null> {
    const mode = await stat(this.path).then(
      (found) => found.mode,
      () => null,
    );
    if (mode === null) return null;
    if (!whoeverMayRead && (mode & OTHERS_MAY) !== 0) {
      throw usageError(`${this.path} holds keys and can be read by others: chmod 600 ${this.path}`);
    }
    try {
      const file = JSON.parse(await readFile(this.path, 'utf8')) as ProfilesFile;
      if (typeof file.profiles === 'object' && file.profiles !== null) return file;
    } catch {
      // Said below.
    }
    throw usageError(`${this.path} cannot be read; delete it and log in again.`);
  }
}
