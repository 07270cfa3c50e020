import { parameterOf } from './parameter-names.js';

/** Text as it stands, or a parameter to be filled in. */
export type TextPart = { text: string } | { parameter: string };

export interface ParametersFound {
  /** Each once, in the order of their first places. */
  known: readonly string[];
  /** Words between percent signs that are no parameter. */
  unknown: readonly string[];
}

/**
 * A word between percent signs. It begins with a letter, so that `20% of 30%` has none, and is not two hexadecimal
 * digits, so that percent-encoded bytes (`%C3%A9`) have none either.
 */
const WORD = /%(?![0-9A-Fa-f]{2}%)([\p{L}_][^%\s"\\{}<>,;:=()[\]/?@]*)%/gu;

/** The parts of a text, in order; a word that is no parameter stays text. */
export function textPartsOf(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: whole, 1: word = '', index } of text.matchAll(WORD)) {
    const parameter = parameterOf(word);
    if (parameter === null) continue;
    if (index > end) parts.push({ text: text.slice(end, index) });
    parts.push({ parameter });
    end = index + whole.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** The parameters of a text, and the words that look like one and are none. */
export function parametersOf(text: string): ParametersFound {
  const known = new Set<string>();
  const unknown = new Set<string>();
  for (const { 1: word = '' } of text.matchAll(WORD)) {
    const parameter = parameterOf(word);
    if (parameter === null) unknown.add(word);
    else known.add(parameter);
  }
  return { known: [...known], unknown: [...unknown] };
}
