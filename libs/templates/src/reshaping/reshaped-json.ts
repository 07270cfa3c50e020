import { type RawMember, type RawValue, rawElementsOf, rawMembersOf } from '@hookstile/contracts';
import { ReshapingError } from './reshaping.error.js';
import type { Change, Reshaping } from './reshaping.js';

/** Bytes that stand in place of `[start, end)`. */
interface Edit {
  start: number;
  end: number;
  bytes: Buffer;
}

/** A member from its name, or an element, to the end of its value. */
interface Item {
  start: number;
  value: RawValue;
  change: Change | undefined;
}

const NOTHING = Buffer.alloc(0);

/** Fails where a new name is another member's name as well. Members that had the same name keep sharing one. */
function assertDistinct(members: readonly RawMember[], changes: ReadonlyMap<string, Change>): void {
  const owners = new Map<string, string>();
  for (const { name } of members) {
    const change = changes.get(name);
    if (change?.omitted) continue;
    const result = change?.newName ?? name;
    const owner = owners.get(result);
    if (owner !== undefined && owner !== name) {
      throw new ReshapingError(`With its members renamed, the body would have two that are called "${result}".`);
    }
    owners.set(result, name);
  }
}

/** What goes with an item that is left out: one comma, and the whitespace on that side. */
function cutOf(items: readonly Item[], index: number, behindKept: boolean): { start: number; end: number } {
  const item = items[index];
  if (!item) throw new RangeError('there is no such item');
  const { end } = item.value;
  if (behindKept) return { start: items[index - 1]?.value.end ?? item.start, end };
  return { start: item.start, end: items[index + 1]?.start ?? end };
}

function itemEdits(json: Buffer, base: number, items: readonly Item[]): Edit[] {
  const edits: Edit[] = [];
  let behindKept = false;
  for (const [index, { value, change }] of items.entries()) {
    if (change?.omitted) {
      const { start, end } = cutOf(items, index, behindKept);
      edits.push({ start: base + start, end: base + end, bytes: NOTHING });
      continue;
    }
    behindKept = true;
    if (change && change.inside.size > 0) {
      edits.push(...editsOf(json.subarray(value.start, value.end), base + value.start, change));
    }
  }
  return edits;
}

function nameEdits(base: number, members: readonly RawMember[], changes: ReadonlyMap<string, Change>): Edit[] {
  return members.flatMap(({ name, nameStart, nameEnd }) => {
    const change = changes.get(name);
    if (!change || change.newName === null) return [];
    return { start: base + nameStart, end: base + nameEnd, bytes: Buffer.from(JSON.stringify(change.newName)) };
  });
}

/** @param base where `json`, one value, stands in the whole */
function editsOf(json: Buffer, base: number, { inside }: Change): Edit[] {
  const members = rawMembersOf(json);
  if (members) {
    const names = nameEdits(base, members, inside);
    if (names.length > 0) assertDistinct(members, inside);
    const items = members.map(({ name, nameStart, value }) => ({ start: nameStart, value, change: inside.get(name) }));
    return [...names, ...itemEdits(json, base, items)].sort((a, b) => a.start - b.start);
  }
  const elements = rawElementsOf(json) ?? [];
  const items = elements.map((value, index) => {
    const change = inside.get(String(index));
    return { start: value.start, value, change: change?.nameOnly ? undefined : change };
  });
  return itemEdits(json, base, items);
}

/**
 * A body with members renamed and left out. All other bytes, and the order, stay; what is not there changes nothing.
 * Throws `ReshapingError` where two members would share a name.
 */
export function reshapedJson(json: Buffer, reshaping: Reshaping): Buffer {
  const edits = editsOf(json, 0, reshaping);
  if (edits.length === 0) return json;
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { start, end, bytes } of edits) {
    pieces.push(json.subarray(at, start), bytes);
    at = end;
  }
  pieces.push(json.subarray(at));
  return Buffer.concat(pieces);
}
