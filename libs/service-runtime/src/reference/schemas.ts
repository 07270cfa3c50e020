import { type Static, type TSchema, Type } from 'typebox';

export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** RFC 3339 in UTC with milliseconds. */
export const Time = Type.String({ format: 'date-time' });

export const Count = Type.Integer({ minimum: 0 });

const NEXT_CURSOR = 'Null at the end. A page may be shorter than asked for, even empty, and go on with this cursor.';

/** A page of a list. */
export const pageOf = <S extends TSchema>(item: S) =>
  Type.Object({ items: Type.Array(item), nextCursor: Nullable(Type.String({ description: NEXT_CURSOR })) });

/** One wrong place of an input. */
const InputError = Type.Object({
  pointer: Type.String({ description: 'A JSON pointer into the body; empty: the whole.' }),
  code: Type.String(),
  detail: Type.String(),
});

/** RFC 9457: every answer that is no success. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.String(),
  errors: Type.Optional(Type.Array(InputError)),
});
export type Problem = Static<typeof Problem>;
