/** An object's schema names all its members, so that an answer with one more is an undocumented answer. */
export function closedSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closedSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([member, value]) => [member, closedSchema(value)]));
  return 'properties' in own && own.type === 'object' ? { additionalProperties: false, ...own } : own;
}
