/** What commands know of where they run. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether somebody can be asked. */
  readonly isInteractive: boolean;
  ask(question: string): Promise<string>;
  /** Shows nothing of what is typed. */
  askSecretly(question: string): Promise<string>;
  /** All that is piped in. */
  input(): Promise<Buffer>;
}

/** Text of others could move the cursor, or colour what follows: control characters become spaces. */
export function printable(text: unknown): string {
  return String(text).replace(CONTROL, ' ');
}

/** The same of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** The same JSON: JSON itself leaves some control characters as they are, which therefore become escapes. */
export function printableJson(json: string): string {
  return json.replace(CONTROL, (found) => (found === '\n' ? found : escaped(found)));
}

const CONTROL = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const escaped = (found: string): string =>
  Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
