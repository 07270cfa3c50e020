import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm;

/** The code of a page as it stands there, by language, in order. */
export function blocksOf(page: string, language: string): string[] {
  const text = readFileSync(`${REPOSITORY}${page}`, 'utf8');
  return [...text.matchAll(BLOCK)].filter(([, found]) => found === language).map(([, , code]) => code ?? '');
}

/** Runs a block as a reader would who pastes it into a file of this repository. */
export function startBlock(language: 'sh' | 'js', code: string, env: Record<string, string>): ChildProcess {
  const [command, args] = language === 'sh' ? ['bash', ['-e']] : [process.execPath, ['--input-type=module', '-']];
  const child = spawn(command as string, args as string[], {
    cwd: REPOSITORY,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(code);
  return child;
}

/** Rejects with what it printed where it fails. */
export async function runBlock(language: 'sh' | 'js', code: string, env: Record<string, string>): Promise<void> {
  const child = startBlock(language, code, env);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
  const exitCode = await new Promise((resolve) => child.once('close', resolve));
  if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${output}\n${code}`);
}
