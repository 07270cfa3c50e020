import { pointerTo } from '@hookstile/contracts';
import { type InputError, ProblemError } from '@hookstile/service-runtime';
import { type ParameterValues, readContext } from '@hookstile/templates';

export interface DecisionInput {
  /** A rule's name or id. */
  rule: string;
  values: ParameterValues;
}

type Members = Readonly<Record<string, unknown>>;

function invalid(errors: readonly InputError[]): ProblemError {
  const [first] = errors;
  return new ProblemError('invalid', `${first?.pointer ?? ''}: ${first?.detail ?? 'not valid'}`, { errors });
}

function membersOf(body: unknown, known: readonly string[]): Members {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ pointer: '', code: 'is_object', detail: 'a JSON object is expected' }]);
  }
  const unknown = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const detail = (name: string) => `${name} is not a member of this object`;
    throw invalid(
      unknown.map((name) => ({ pointer: pointerTo('', name), code: 'unknown_member', detail: detail(name) })),
    );
  }
  return body as Members;
}

function valuesOf(context: unknown): ParameterValues {
  const reading = readContext(context ?? {});
  if ('values' in reading) return reading.values;
  throw invalid(reading.errors.map((error) => ({ ...error, pointer: `/context${error.pointer}` })));
}

/** `{rule, context}`: which rule is to decide, and on what. Throws `invalid`. */
export function decisionInputOf(body: unknown): DecisionInput {
  const { rule, context } = membersOf(body, ['rule', 'context']);
  if (typeof rule !== 'string' || rule === '') {
    throw invalid([
      { pointer: '/rule', code: 'required', detail: 'the name or the id of a decision rule is expected' },
    ]);
  }
  return { rule, values: valuesOf(context) };
}

/** `{context}`, or no body. Throws `invalid`. */
export function testInputOf(body: unknown): ParameterValues {
  return valuesOf(membersOf(body === undefined ? {} : body, ['context']).context);
}

/** What the context makes too large for a request. */
export function contextTooLong(detail: string): ProblemError {
  return invalid([{ pointer: '/context', code: 'too_long', detail }]);
}
