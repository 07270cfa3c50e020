import type { TSchema } from 'typebox';

/** A column of an export: a member of the list's item, or a member of an object in it. */
export interface ExportColumn {
  /** `request.url` */
  name: string;
  valueIn(item: unknown): unknown;
}

type Members = Readonly<Record<string, unknown>>;

interface ObjectSchema {
  properties: Readonly<Record<string, TSchema>>;
}

const hasProperties = (schema: unknown): schema is ObjectSchema =>
  typeof schema === 'object' && schema !== null && 'properties' in schema;

/** The object that a schema describes, also one that may be null. */
function objectOf(schema: TSchema): ObjectSchema | null {
  if (hasProperties(schema)) return schema;
  const members: readonly unknown[] = 'anyOf' in schema && Array.isArray(schema.anyOf) ? schema.anyOf : [];
  const [described, ...others] = members.filter((member) => (member as { type?: unknown }).type !== 'null');
  return others.length === 0 && hasProperties(described) ? described : null;
}

/** The columns of a list, in the order of its item's members; an object with known members has a column for each. */
export function exportColumnsOf(item: TSchema): readonly ExportColumn[] {
  return Object.entries(objectOf(item)?.properties ?? {}).flatMap(([member, schema]): ExportColumn[] => {
    const valueIn = (of: unknown) => (of as Members)[member];
    const object = objectOf(schema);
    if (!object) return [{ name: member, valueIn }];
    return Object.keys(object.properties).map((part) => ({
      name: `${member}.${part}`,
      valueIn: (of) => (valueIn(of) as Members | null)?.[part],
    }));
  });
}
