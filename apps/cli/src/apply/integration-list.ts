import { LineCounter, parseDocument } from 'yaml';
import { usageError } from '../cli.error.ts';

/** The items of a file: a list of integrations, or an object with `items`. JSON is YAML, too. */
export function integrationList(text: string, path: string): unknown[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw usageError(`${path}: ${withoutQuote(problem)} at line ${line}, column ${col}.`);
  }
  const value = plainValue(document, path);
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)) {
    const [other] = Object.keys(value).filter((name) => name !== 'items');
    if (other === undefined) return value.items;
    throw usageError(`${path}: "${other}" has no meaning beside "items".`);
  }
  throw usageError(`${path}: a list of integrations is expected, or an object with "items".`);
}

function plainValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw usageError(`${path}: ${error instanceof Error ? withoutQuote(error) : 'cannot be read'}.`);
  }
}

/** What is wrong, without the words that are: secrets are put into a file just before it is applied, and break it at times. */
function withoutQuote({ message }: Error): string {
  return message.split(/[:\n]/, 1)[0] ?? '';
}
