import { RESHAPING_MAX_CHANGES, RESHAPING_MAX_DEPTH } from './reshaping.bounds.js';
import { ReshapingError } from './reshaping.error.js';

/** What becomes of one member or element, and of what is in it. */
export interface Change {
  omitted: boolean;
  newName: string | null;
  /** Meant by its name alone, which an element of an array has not: only a pointer counts elements. */
  nameOnly: boolean;
  readonly inside: Map<string, Change>;
}

/** What becomes of a whole body. */
export type Reshaping = Change;

function unchanged(): Change {
  return { omitted: false, newName: null, nameOnly: true, inside: new Map() };
}

const ESCAPE = /~[01]/g;
const BAD_ESCAPE = /~(?![01])/;

/** The tokens of a JSON pointer; a text that begins with no slash is one name. */
function pathOf(text: string): string[] {
  if (!text.startsWith('/')) return [text];
  if (BAD_ESCAPE.test(text))
    throw new ReshapingError(`"${text}": in a JSON pointer "~" is written "~0", and "/" "~1".`);
  const path = text.slice(1).split('/');
  if (path.length > RESHAPING_MAX_DEPTH) {
    throw new ReshapingError(`"${text}" goes deeper than ${RESHAPING_MAX_DEPTH} levels.`);
  }
  return path.map((token) => token.replace(ESCAPE, (written) => (written === '~1' ? '/' : '~')));
}

function changeAt(whole: Reshaping, text: string): Change {
  const isPointer = text.startsWith('/');
  return pathOf(text).reduce((change, token) => {
    const next = change.inside.get(token) ?? unchanged();
    if (isPointer) next.nameOnly = false;
    change.inside.set(token, next);
    return next;
  }, whole);
}

/**
 * Reads `rename` and `omit`: names of the body's own members, or JSON pointers into it as it is before any change.
 * Null where nothing changes; throws `ReshapingError`.
 */
export function reshapingOf(
  rename: Readonly<Record<string, string>> = {},
  omit: readonly string[] = [],
): Reshaping | null {
  const renamed = Object.entries(rename);
  const changes = renamed.length + omit.length;
  if (changes === 0) return null;
  if (changes > RESHAPING_MAX_CHANGES) {
    throw new ReshapingError(
      `At most ${RESHAPING_MAX_CHANGES} members can be renamed or left out; these are ${changes}.`,
    );
  }
  const whole = unchanged();
  for (const text of omit) changeAt(whole, text).omitted = true;
  for (const [text, newName] of renamed) {
    const change = changeAt(whole, text);
    if (change.omitted) throw new ReshapingError(`"${text}" is both renamed and left out.`);
    if (change.newName !== null) throw new ReshapingError(`"${text}" is renamed twice.`);
    change.newName = newName;
  }
  return whole;
}

/** What is wrong with `rename` and `omit`, or null. */
export function reshapingProblem(rename?: Readonly<Record<string, string>>, omit?: readonly string[]): string | null {
  try {
    reshapingOf(rename, omit);
    return null;
  } catch (error) {
    if (error instanceof ReshapingError) return error.message;
    throw error;
  }
}
