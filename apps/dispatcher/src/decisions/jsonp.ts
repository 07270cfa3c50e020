/** A callback's name: `cb`, `window.app.cb`, `callbacks[3]`, `cbs["a"]`. */
const IDENTIFIER = String.raw`[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*`;
const NAME = String.raw`${IDENTIFIER}(?:\.${IDENTIFIER}|\[(?:\d+|"[^"\\]*"|'[^'\\]*')\])*`;

const BLANKS = /\s*/y;
const LINE_END = /[\n\r\u2028\u2029]/g;

/** Servers ask whether there is such a function before they call it. */
const BEFORE_ARGUMENT = new RegExp(
  String.raw`^(?:typeof\s+(${NAME})\s*===\s*(?:'function'|"function")\s*&&\s*)?(${NAME})\s*\(`,
  'u',
);

function endOfBlanks(text: string, from: number): number {
  BLANKS.lastIndex = from;
  BLANKS.exec(text);
  return BLANKS.lastIndex;
}

/** Where the comment that begins at `from` ends; null: none begins there, or it has no end. */
function endOfComment(text: string, from: number): number | null {
  if (text.startsWith('/*', from)) {
    const end = text.indexOf('*/', from + 2);
    return end < 0 ? null : end + 2;
  }
  if (!text.startsWith('//', from)) return null;
  LINE_END.lastIndex = from;
  return LINE_END.exec(text) ? LINE_END.lastIndex : null;
}

/** Servers write comments before the call, an empty one above all. */
function behindComments(text: string): string {
  let at = endOfBlanks(text, 0);
  for (let end = endOfComment(text, at); end !== null; end = endOfComment(text, at)) at = endOfBlanks(text, end);
  return text.slice(at);
}

/**
 * The text of the one argument of a JSONP call, or null where the text is none. Nothing is evaluated: what the argument
 * is, the JSON parser says, and code in it or behind it is no JSON.
 */
export function jsonpArgumentOf(text: string): string | null {
  const script = behindComments(text);
  const before = BEFORE_ARGUMENT.exec(script);
  if (!before) return null;
  const [whole, asked, called] = before;
  if (asked !== undefined && asked !== called) return null;
  const rest = script.slice(whole.length).trimEnd();
  const call = rest.endsWith(';') ? rest.slice(0, -1).trimEnd() : rest;
  return call.endsWith(')') ? call.slice(0, -1) : null;
}
