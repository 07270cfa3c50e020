import { type TSchema, Type } from 'typebox';

export const Nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** A whole number that JSON carries exactly: an offset, a version, an epoch or milliseconds. */
export const WholeNumber = Type.Integer({ minimum: 0 });

/** RFC 3339 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Instant = Type.String({ minLength: 20 });

/** Extension attributes of CloudEvents: kept as they came, scalar by the specification. */
export const Extensions = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
