import type { EventAttributes } from '@hookstile/contracts';
import type { SchemaProblem } from '@hookstile/contracts/event-schemas';
import { type Rejection, rejection } from '../accept/rejection.js';

/** The sentence stands in a routing and in the inbox as well; the list of errors is only in answers. */
export const REJECTION_DETAIL_MAX_CHARACTERS = 500;

/** Names of members are told as they came, and Postgres keeps no zero character: the round of all tenants would fail for ever. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed();
}

/** The rejection of an event whose data does not match the schema of its type. */
export function schemaRejection(attributes: EventAttributes, problems: readonly SchemaProblem[]): Rejection {
  const errors = problems.map(({ pointer, code, detail }) => {
    const at = `/data${pointer}`;
    return { pointer: at, code, detail: `${at} ${detail}` };
  });
  const sentences = errors.map(({ detail }) => detail).join(' ');
  const detail = `The data does not match the schema of its type: ${sentences}`;
  const told = storable(detail.slice(0, REJECTION_DETAIL_MAX_CHARACTERS));
  return { ...rejection('invalid', told, errors), attributes };
}
