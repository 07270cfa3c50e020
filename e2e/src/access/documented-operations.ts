import { readFileSync } from 'node:fs';
import { OPERATIONS, type OperationEntry } from '@hookstile/service-runtime';
import { parse } from 'yaml';

const DOCUMENT = new URL('../../../docs/openapi.yaml', import.meta.url);

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}

interface Documented {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }> };
}

interface Document {
  paths: Record<string, Record<string, Documented>>;
  components: { schemas: Record<string, Schema> };
}

/** An operation of the table, with what the reference says that a caller may put into it. */
export interface DocumentedOperation extends OperationEntry {
  id: string;
  parameters: readonly Parameter[];
  contentType: string | null;
  /** A body that is right; undefined where there is none. */
  example: unknown;
  /** The names of all members of the body, at whatever depth. */
  members: ReadonlySet<string>;
}

const document = parse(readFileSync(DOCUMENT, 'utf8')) as Document;
const documented = new Map(
  Object.values(document.paths).flatMap((methods) => Object.values(methods).map((one) => [one.operationId, one])),
);

/** Every operation, in the order of the tables. Throws for one that the reference does not have. */
export const DOCUMENTED_OPERATIONS: readonly DocumentedOperation[] = Object.entries(OPERATIONS).map(([id, entry]) => {
  const found = documented.get(id);
  if (!found) throw new Error(`docs/openapi.yaml has no ${id}`);
  const [content] = Object.entries(found.requestBody?.content ?? {});
  const members = new Set<string>();
  if (content) collectMembers(content[1].schema, members, new Set());
  return {
    ...entry,
    id,
    parameters: found.parameters ?? [],
    contentType: content?.[0] ?? null,
    example: Object.values(content?.[1].examples ?? {})[0]?.value,
    members,
  };
});

function collectMembers(schema: Schema, into: Set<string>, seen: Set<string>): void {
  const { $ref, anyOf = [], oneOf = [], allOf = [], items, properties = {} } = schema;
  if ($ref !== undefined && !seen.has($ref)) {
    seen.add($ref);
    const named = document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)];
    if (named) collectMembers(named, into, seen);
  }
  for (const [name, member] of Object.entries(properties)) {
    into.add(name);
    collectMembers(member, into, seen);
  }
  for (const part of [...anyOf, ...oneOf, ...allOf, ...(items ? [items] : [])]) collectMembers(part, into, seen);
}

/** Whether any text can be given: neither a number nor a time nor one of a few words. */
export function isFreeText({ schema }: Parameter): boolean {
  const { type, format, enum: words, anyOf } = schema;
  return type === 'string' && format === undefined && words === undefined && anyOf === undefined;
}
