import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';

const OUTPUT_MAX_BYTES = 16 * 1024 * 1024;

/**
 * The files that Docker would be sent: those that Git knows or would add, less what .dockerignore says. Of a clone as it
 * is after a checkout these are the same.
 */
export function buildContext(repository: string): string[] {
  const ignored = readFileSync(join(repository, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
    maxBuffer: OUTPUT_MAX_BYTES,
  });
  return listed
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && !isIgnored(path, ignored));
}

/** A pattern leaves out what it matches, and all that lies below. */
export function isIgnored(path: string, patterns: readonly string[]): boolean {
  const parts = path.split('/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return patterns.some((pattern) => above.some((one) => matchesGlob(one, pattern)));
}
