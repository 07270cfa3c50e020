/** One wrong place of an input; `pointer` is a JSON pointer into the body ('' is the whole). */
export interface InputError {
  pointer: string;
  code: string;
  detail: string;
}

export type ProblemCode =
  | 'malformed'
  | 'tenant_required'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'request_timeout'
  | 'conflict'
  | 'version_mismatch'
  | 'too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'if_match_required'
  | 'rate_limited'
  | 'headers_too_large'
  | 'internal'
  | 'unavailable';

export interface ProblemOptions {
  /** Needed only for a code that the runtime does not know; else the code decides. */
  status?: number;
  errors?: readonly InputError[];
  retryAfterSeconds?: number;
  title?: string;
  cause?: unknown;
}

/** An answer other than success, as the public surface names it: RFC 9457 with `code`. */
export class ProblemError extends Error {
  readonly status: number | undefined;
  readonly errors: readonly InputError[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly title: string | undefined;

  constructor(
    readonly code: ProblemCode | (string & {}),
    detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.title = options.title;
  }
}
