import { pointerTo } from '../json-pointer.js';
import { isObject } from './schema-problem.js';

/** What a schema (2020-12) may hold that holds no schema itself. */
const PLAIN_KEYWORDS = new Set([
  ...['$schema', '$comment', '$ref', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly'],
  ...['writeOnly', 'type', 'enum', 'const', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum'],
  ...['exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxContains'],
  ...['minContains', 'maxProperties', 'minProperties', 'required', 'dependentRequired', 'format'],
  ...['contentEncoding', 'contentMediaType'],
]);

const SCHEMA_KEYWORDS = new Set([
  ...['not', 'if', 'then', 'else', 'items', 'contains', 'additionalProperties', 'propertyNames'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]);

const SCHEMA_LIST_KEYWORDS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const SCHEMA_MAP_KEYWORDS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);

/** What they hold applies to each element, or to each of many members. */
const REPEATING_KEYWORDS = new Set([
  ...['items', 'contains', 'additionalProperties', 'propertyNames', 'patternProperties'],
  ...['unevaluatedItems', 'unevaluatedProperties'],
]);

export interface AppliedSchema {
  pointer: string;
  /** What applies it. */
  keyword: string;
  /** Of a list its place, of a map its name; else empty. */
  at: string;
  repeats: boolean;
}

export interface SchemaPlace {
  /** JSON pointer from the root of the schema. */
  pointer: string;
  schema: Readonly<Record<string, unknown>>;
  /** The schemas that an instance is checked against with this one; `$defs` are only by reference. */
  children: readonly AppliedSchema[];
}

export interface SchemaPlaces {
  /** By pointer; schemas that are true or false are left out. */
  places: ReadonlyMap<string, SchemaPlace>;
  /** Pointers of members that are no keywords here. */
  unknown: readonly string[];
}

interface Child extends AppliedSchema {
  value: unknown;
  applies: boolean;
}

function childrenAt(pointer: string, keyword: string, value: unknown): Child[] {
  const parent = pointerTo(pointer, keyword);
  const common = { keyword, repeats: REPEATING_KEYWORDS.has(keyword) };
  if (SCHEMA_KEYWORDS.has(keyword)) return [{ ...common, pointer: parent, at: '', value, applies: true }];
  const isList = SCHEMA_LIST_KEYWORDS.has(keyword) && Array.isArray(value);
  if (!isList && !(SCHEMA_MAP_KEYWORDS.has(keyword) && isObject(value))) return [];
  const applies = keyword !== '$defs';
  return Object.entries(value).map(([at, each]) => ({
    ...common,
    pointer: pointerTo(parent, at),
    at,
    value: each,
    applies,
  }));
}

function isKeyword(name: string): boolean {
  return [PLAIN_KEYWORDS, SCHEMA_KEYWORDS, SCHEMA_LIST_KEYWORDS, SCHEMA_MAP_KEYWORDS].some((set) => set.has(name));
}

/** Finds every schema within a schema; what has the wrong shape is left to the meta-schema. */
export function schemaPlacesOf(root: unknown): SchemaPlaces {
  const places = new Map<string, SchemaPlace>();
  const unknown: string[] = [];
  const pending: Child[] = [{ pointer: '', keyword: '', at: '', value: root, applies: true, repeats: false }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { pointer, value } = next;
    if (!isObject(value)) continue;
    const children = Object.entries(value).flatMap(([keyword, of]) => childrenAt(pointer, keyword, of));
    unknown.push(...Object.keys(value).flatMap((name) => (isKeyword(name) ? [] : pointerTo(pointer, name))));
    places.set(pointer, { pointer, schema: value, children: children.filter(({ applies }) => applies) });
    pending.push(...children);
  }
  return { places, unknown };
}
