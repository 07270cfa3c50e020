import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { INPUT_MAX_BYTES } from './cli.bounds.ts';
import { usageError } from './cli.error.ts';
import type { Terminal } from './terminal.ts';

/** The terminal that a process was started in. */
export function processTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  const question = async (text: string, output: NodeJS.WritableStream): Promise<string> => {
    stderr.write(text);
    const lines = createInterface({ input: stdin, output, terminal: true });
    // Ctrl-C and Ctrl-D answer nothing.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    try {
      return await Promise.race([lines.question(''), closed]);
    } finally {
      lines.close();
    }
  };
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    ask: (text) => question(text, stderr),
    askSecretly: async (text) => {
      const answer = await question(text, new Writable({ write: (_chunk, _encoding, done) => done() }));
      stderr.write('\n');
      return answer;
    },
    input: async () => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of stdin as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > INPUT_MAX_BYTES) throw usageError(`more than ${INPUT_MAX_BYTES} bytes are piped in`);
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    },
  };
}
