import { type CliError, refused, unreachable } from '../cli.error.ts';
import { printable } from '../terminal.ts';

interface Problem {
  detail?: unknown;
  code?: unknown;
  errors?: readonly { pointer?: unknown; detail?: unknown }[];
}

/** Refused for now: as worth trying again as an API that is away. */
const TOO_MANY_REQUESTS = 429;

const text = (value: unknown, other: string): string =>
  typeof value === 'string' && value !== '' ? printable(value) : other;

/** An answer that is no success, as one sentence, and a line for each wrong place of what was sent. */
export function problemError(status: number, body: string): CliError {
  const problem = parsed(body);
  const detail = text(problem.detail, 'the answer does not say why').replace(/\.$/, '');
  const lines = (Array.isArray(problem.errors) ? problem.errors : [])
    .map((error) => `${text(error?.pointer, '(the whole)')}: ${text(error?.detail, 'not valid')}`)
    // With one wrong place the sentence names it already.
    .filter((line) => !`${detail}.`.includes(line))
    .map((line) => `\n  ${line}`);
  const message = `${detail} (${status} ${text(problem.code, 'without a code')}).${lines.join('')}`;
  // A change may be stored although its answer is 503: only a refusal says that nothing was done.
  return status >= 500 || status === TOO_MANY_REQUESTS
    ? unreachable(`Failed: ${message}`)
    : refused(`Refused: ${message}`);
}

function parsed(body: string): Problem {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
