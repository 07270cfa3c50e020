import type { QueryParameter } from '@hookstile/service-runtime';
import { type TSchema, Type } from 'typebox';

/** What the API reference says of a list's filters: every one of them. */
export type FilterParameters<Filters> = Record<keyof Filters, QueryParameter>;

export const exactly = (description: string): QueryParameter => ({ schema: Type.String(), description });

export const oneOfThese = (schema: TSchema, description: string): QueryParameter => ({ schema, description });

/** The bounds of a list in time. */
export const SPAN = {
  since: { schema: Type.String({ format: 'date-time' }), description: 'From this time on.' },
  until: { schema: Type.String({ format: 'date-time' }), description: 'Before this time.' },
};
