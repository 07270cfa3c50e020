const BYTES = 256;
const DASH = 0x2d;
const UNDERSCORE = 0x5f;
const ROOT = 0;
const FOUND = -1;

/**
 * Looks for any of some names in bytes, all at once and each byte once (Aho and Corasick's automaton as a table). Case
 * does not matter, and dashes and underscores are passed over wherever they stand.
 */
export class NameSearch {
  /** What each byte makes of each state; a state is the place where its row begins. */
  readonly #next: Int32Array;

  /** @param names ASCII in lower case, without dashes and underscores, none of them empty */
  constructor(names: readonly string[]) {
    // What has one of the others in it is found by that one.
    const shortest = names.filter((name) => !names.some((other) => other !== name && name.includes(other)));
    this.#next = tableOf(shortest);
  }

  isIn(bytes: Buffer, from = 0, to = bytes.length): boolean {
    const next = this.#next;
    let state = ROOT;
    for (let at = from; at < to; at += 1) {
      // Both are within their arrays.
      state = next[state + (bytes[at] as number)] as number;
      if (state === FOUND) return true;
    }
    return false;
  }
}

/** A state is what was read of a name: the longest end of what came so far that begins one. */
function tableOf(names: readonly string[]): Int32Array {
  const begun = new Set(['', ...names.flatMap((name) => [...name].map((_, length) => name.slice(0, length)))]);
  const rows = new Map([...begun].map((read, index) => [read, index * BYTES]));
  const letters = new Set(names.join(''));
  const table = new Int32Array(rows.size * BYTES);
  for (const [read, row] of rows) {
    table[row + DASH] = row;
    table[row + UNDERSCORE] = row;
    for (const letter of letters) {
      const after = stateAfter(read + letter, names, rows);
      table[row + letter.charCodeAt(0)] = after;
      table[row + letter.toUpperCase().charCodeAt(0)] = after;
    }
  }
  return table;
}

function stateAfter(read: string, names: readonly string[], rows: ReadonlyMap<string, number>): number {
  if (names.some((name) => read.endsWith(name))) return FOUND;
  for (let from = 0; from < read.length; from += 1) {
    const row = rows.get(read.slice(from));
    if (row !== undefined) return row;
  }
  return ROOT;
}
