import { rawElementsOf, rawMembersOf, rawValueOf } from '@hookstile/contracts';
import { type PointedValue, pointedValueOf } from './pointed-value.js';

/** As RFC 6901 writes them: no sign, no zero in front. A longer one than this leads to no element of an event. */
const INDEX = /^(?:0|[1-9]\d{0,8})$/;

interface Place {
  /** The pointer that ends here, if any. */
  pointer: string | null;
  readonly members: Map<string, Place>;
  /** The members that may be elements as well. */
  readonly elements: Map<number, Place>;
}

const emptyPlace = (): Place => ({ pointer: null, members: new Map(), elements: new Map() });

/**
 * Many pointers into a document, which is read once for all of them: what none of them passes through is skipped, and only what
 * one of them ends at becomes a value. Of a member that stands more than once the last one counts, as for `JSON.parse`.
 */
export class PointerTree {
  private readonly root = emptyPlace();

  /** @param tokens the way from the document's root */
  add(pointer: string, tokens: readonly string[]): void {
    let place = this.root;
    for (const token of tokens) {
      const next = place.members.get(token) ?? emptyPlace();
      place.members.set(token, next);
      if (INDEX.test(token)) place.elements.set(Number(token), next);
      place = next;
    }
    place.pointer = pointer;
  }

  /** @param json a whole document, which a JSON parser has accepted. @returns what is there, by pointer */
  read(json: Buffer): Map<string, PointedValue> {
    const found = new Map<string, PointedValue>();
    const { start, end } = rawValueOf(json);
    collect(this.root, json.subarray(start, end), found);
    return found;
  }
}

function collect(place: Place, json: Buffer, found: Map<string, PointedValue>): void {
  if (place.pointer !== null) found.set(place.pointer, pointedValueOf(json));
  for (const [next, { start, end }] of placesIn(place, json)) collect(next, json.subarray(start, end), found);
}

function placesIn(place: Place, json: Buffer): Map<Place, { start: number; end: number }> {
  const places = new Map<Place, { start: number; end: number }>();
  if (place.members.size === 0) return places;
  for (const { name, value } of rawMembersOf(json) ?? []) {
    const next = place.members.get(name);
    if (next) places.set(next, value);
  }
  if (place.elements.size === 0) return places;
  for (const [index, value] of (rawElementsOf(json) ?? []).entries()) {
    const next = place.elements.get(index);
    if (next) places.set(next, value);
  }
  return places;
}
