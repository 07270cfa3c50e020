import type { TSchema } from 'typebox';
import type { OperationId } from '../auth/operations/operations.js';

/** A schema under the name that it has in the reference. */
export interface NamedSchema {
  name: string;
  schema: TSchema;
}

/** The class whose decorators check a request's body. Its name in the reference is the class's, `Dto` being `Input`. */
export type InputClass = new () => object;

export interface RequestBody {
  /** Media type → what it carries. */
  content: Readonly<Record<string, InputClass | NamedSchema>>;
  required: boolean;
  /** A JSON Merge Patch (RFC 7396) of what the class describes: every member may be absent. */
  isPatch?: boolean;
}

export interface QueryParameter {
  schema: TSchema;
  description: string;
}

/** A successful answer; one without a body has null. */
export interface SuccessfulAnswer {
  status: 200 | 201 | 202 | 204;
  description: string;
  body: NamedSchema | null;
  /** By default application/json. */
  mediaType?: string;
  /** Other media types that the request may ask for, and what they carry. */
  alsoAs?: Readonly<Record<string, NamedSchema>>;
  headers?: readonly ('ETag' | 'Location')[];
}

/**
 * A request and its answer. A test makes all of them on a running stack, one after another as a story, and compares
 * what comes back member by member; of what is never the same twice, such as ids and times, it compares the form.
 */
export interface OperationExample {
  /** What stands in the path's braces; an id is one that another example's answer has. */
  path?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  /** By default application/json. */
  mediaType?: string;
  headers?: Readonly<Record<string, string>>;
  request?: unknown;
  status: number;
  answer?: unknown;
  /** Of the answer, where the operation has several; by default its first. */
  answerMediaType?: string;
}

/** What the reference says of an operation beside its line in the table of operations. */
export interface OperationReference {
  query?: Readonly<Record<string, QueryParameter>>;
  /** Headers that only such operations take. */
  headers?: Readonly<Record<string, QueryParameter>>;
  /** It answers a list by pages, and takes `limit` and `cursor`. */
  isPaged?: boolean;
  ifMatch?: 'needed' | 'taken';
  request?: RequestBody;
  answers: readonly SuccessfulAnswer[];
  /** Codes of refusals besides those that any operation with such a body, query and access has. */
  refusals?: readonly string[];
  /** By name. */
  examples: Readonly<Record<string, OperationExample>>;
}

/** A part of a service's reference: the compiler finds an operation that no part describes. */
export type SomeReferences = Partial<Record<OperationId, OperationReference>>;

export function jsonBody(dto: InputClass): RequestBody {
  return { content: { 'application/json': dto }, required: true };
}

export function optionalJsonBody(dto: InputClass): RequestBody {
  return { ...jsonBody(dto), required: false };
}

export function mergePatchBody(dto: InputClass): RequestBody {
  return { content: { 'application/merge-patch+json': dto, 'application/json': dto }, required: true, isPatch: true };
}
