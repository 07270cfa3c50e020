import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, StackProblem } from './stack-problem.error.ts';
import { writeByRename } from './write-by-rename.ts';

const ADMIN_KEY_BYTES = 24;
const ENCRYPTION_KEY_BYTES = 32;
const PASSWORD_BYTES = 24;

/** The folders and secrets of one stack. */
export interface Home {
  directory: string;
  logs: string;
  kafka: string;
  postgres: string;
  keys: Keys;
}

export interface Keys {
  adminKey: string;
  /** The key ring as HOOKSTILE_ENCRYPTION_KEYS takes it. */
  encryptionKeys: string;
  postgresPassword: string;
}

/** Opens HOOKSTILE_HOME, making what is missing; keys are made once and kept, readable by their owner only. */
export function openHome(directory: string): Home {
  try {
    mkdirSync(directory, { recursive: true });
    const home = {
      directory,
      logs: join(directory, 'logs'),
      kafka: join(directory, 'kafka'),
      postgres: join(directory, 'postgres'),
    };
    mkdirSync(home.logs, { recursive: true, mode: 0o700 });
    mkdirSync(home.kafka, { recursive: true, mode: 0o700 });
    // Its data folder belongs to another user when we are root; that folder itself is 0700.
    mkdirSync(home.postgres, { recursive: true, mode: 0o755 });
    return { ...home, keys: keysIn(directory) };
  } catch (error) {
    if (error instanceof StackProblem) throw error;
    throw new StackProblem(`HOOKSTILE_HOME cannot be used: ${messageOf(error)}`);
  }
}

function keysIn(directory: string): Keys {
  const path = join(directory, 'keys.json');
  const kept = readKeys(path);
  if (kept !== null) return kept;
  const keys: Keys = {
    adminKey: `hk_${randomBytes(ADMIN_KEY_BYTES).toString('hex')}`,
    encryptionKeys: `k1:${randomBytes(ENCRYPTION_KEY_BYTES).toString('base64')}`,
    postgresPassword: randomBytes(PASSWORD_BYTES).toString('hex'),
  };
  writeByRename(path, `${JSON.stringify(keys, null, 2)}\n`, 0o600);
  return keys;
}

function readKeys(path: string): Keys | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const keys = JSON.parse(text) as Partial<Keys>;
  const { adminKey, encryptionKeys, postgresPassword } = keys;
  if (!adminKey || !encryptionKeys || !postgresPassword) {
    throw new StackProblem(`${path} lacks a key. Stored secrets cannot be read without it: put it back from a backup.`);
  }
  return { adminKey, encryptionKeys, postgresPassword };
}
