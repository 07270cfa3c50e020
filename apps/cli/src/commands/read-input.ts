import { readFile, stat } from 'node:fs/promises';
import { INPUT_MAX_BYTES } from '../cli.bounds.ts';
import { usageError } from '../cli.error.ts';
import type { Terminal } from '../terminal.ts';

/** A file's text, or with "-" what is piped in. */
export async function readInput(path: string, terminal: Terminal): Promise<string> {
  const bytes = path === '-' ? await terminal.input() : await fileBytes(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw usageError(`${path} is not UTF-8.`);
  }
}

async function fileBytes(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size <= INPUT_MAX_BYTES) return await readFile(path);
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  throw usageError(`${path} has more than ${INPUT_MAX_BYTES} bytes.`);
}
