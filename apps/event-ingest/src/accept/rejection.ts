import type { EventAttributes } from '@hookstile/contracts';

/** Why a door does not take an event. The front door answers it as a problem, the router records it in `routings`. */
export type RejectionCode =
  | 'malformed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'unsupported_compression'
  | 'invalid'
  | 'data_not_json'
  | 'reserved_type'
  | 'forbidden'
  | 'tenant_required'
  | 'unknown_tenant'
  | 'id_reused';

/** What is wrong with one attribute; `pointer` names it as a member of the envelope. */
export interface AttributeError {
  pointer: string;
  code: string;
  detail: string;
}

export interface Rejection {
  readonly outcome: 'rejected';
  readonly code: RejectionCode;
  readonly detail: string;
  readonly errors: readonly AttributeError[];
  /** Where only the data is wrong: whose it is, so that the event can be found by its id. */
  readonly attributes: EventAttributes | null;
}

export function rejection(code: RejectionCode, detail: string, errors: readonly AttributeError[] = []): Rejection {
  return { outcome: 'rejected', code, detail, errors, attributes: null };
}

const QUOTED_MAX_CHARACTERS = 100;

/** A sender's text in a message: its beginning, lest a message be as large as what it refuses. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, QUOTED_MAX_CHARACTERS));
}

/** An envelope may hold thousands of wrong members; the answer names the first ones. */
const ERRORS_MAX_COUNT = 50;

/** The rejection of an event that can be read, but whose attributes break the rules. */
export function invalid(errors: readonly AttributeError[]): Rejection {
  const named = errors.slice(0, ERRORS_MAX_COUNT);
  return rejection('invalid', named.map((error) => error.detail).join(' '), named);
}
