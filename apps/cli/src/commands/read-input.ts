import { createReadStream } from 'node:fs';
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

/** Read piece by piece: of a device or a named pipe nobody knows the size before. */
async function fileBytes(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > INPUT_MAX_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw usageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`);
  }
  if (bytes > INPUT_MAX_BYTES) throw usageError(`${path} has more than ${INPUT_MAX_BYTES} bytes.`);
  return Buffer.concat(chunks);
}
