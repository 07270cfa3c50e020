import { type Static, Type } from 'typebox';
import { Nullable } from '../../schema-parts.js';

/** What stands nowhere inside of anything else; an array or an object equals none of them. */
export const Scalar = Nullable(Type.Union([Type.String(), Type.Number(), Type.Boolean()]));
export type Scalar = Static<typeof Scalar>;

/** A JSON pointer into the event as CloudEvents JSON, as an ordering's key: `/type`, an extension, `/data/device/id`. */
const pointer = Type.String();

/** What must hold of the event's value at a pointer. Types are strict, and numbers are compared by value. */
export const Condition = Type.Union([
  /** `contains`: an array of which an element equals the value. */
  Type.Object({
    pointer,
    op: Type.Union([Type.Literal('eq'), Type.Literal('ne'), Type.Literal('contains')]),
    value: Scalar,
  }),
  Type.Object({ pointer, op: Type.Union([Type.Literal('in'), Type.Literal('not_in')]), value: Type.Array(Scalar) }),
  Type.Object({ pointer, op: Type.Literal('exists'), value: Type.Boolean() }),
  Type.Object({ pointer, op: Type.Literal('prefix'), value: Type.String() }),
  Type.Object({
    pointer,
    op: Type.Union([Type.Literal('gt'), Type.Literal('gte'), Type.Literal('lt'), Type.Literal('lte')]),
    value: Type.Number(),
  }),
]);
export type Condition = Static<typeof Condition>;

/** Which of the events of its types an integration gets: those of which all conditions hold. */
export const Filter = Type.Array(Condition);
export type Filter = Static<typeof Filter>;
