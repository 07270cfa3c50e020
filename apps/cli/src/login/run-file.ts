import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usageError } from '../cli.error.ts';

/** Address and platform key of the stack that `npm start` runs with this home. */
export async function runFileOf(home: string): Promise<{ url: string; key: string }> {
  const path = join(home, 'run.json');
  try {
    const { baseUrl, adminKey } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    if (typeof baseUrl === 'string' && typeof adminKey === 'string') return { url: baseUrl, key: adminKey };
  } catch {
    // Said below.
  }
  throw usageError(`There is no running stack at ${path}: start one with "npm start".`);
}
