/** A callback's name: `cb`, `window.app.cb`, `callbacks[3]`, `cbs["a"]`. */
const IDENTIFIER = String.raw`[$_\p{ID_Start}][$\u200c\u200d\p{ID_Continue}]*`;
const NAME = String.raw`${IDENTIFIER}(?:\.${IDENTIFIER}|\[(?:\d+|"[^"\\]*"|'[^'\\]*')\])*`;

/** Servers write an empty comment, and ask whether there is such a function, before the call. */
const BEFORE_ARGUMENT = new RegExp(
  String.raw`^\s*(?:/\*\*/\s*)?(?:typeof\s+(${NAME})\s*===\s*(?:'function'|"function")\s*&&\s*)?(${NAME})\s*\(`,
  'u',
);

/**
 * The text of the one argument of a JSONP call, or null where the text is none. Nothing is evaluated: what the argument
 * is, the JSON parser says, and code in it or behind it is no JSON.
 */
export function jsonpArgumentOf(text: string): string | null {
  const before = BEFORE_ARGUMENT.exec(text);
  if (!before) return null;
  const [whole, asked, called] = before;
  if (asked !== undefined && asked !== called) return null;
  const rest = text.slice(whole.length).trimEnd();
  const call = rest.endsWith(';') ? rest.slice(0, -1).trimEnd() : rest;
  return call.endsWith(')') ? call.slice(0, -1) : null;
}
