import { type Static, Type } from 'typebox';

export const TakenEvent = Type.Object({ id: Type.String() });
export type TakenEvent = Static<typeof TakenEvent>;

/** What became of one event of a batch. */
export const ItemAnswer = Type.Union([
  TakenEvent,
  Type.Object({ error: Type.Object({ code: Type.String(), detail: Type.String(), pointer: Type.String() }) }),
]);
export type ItemAnswer = Static<typeof ItemAnswer>;
