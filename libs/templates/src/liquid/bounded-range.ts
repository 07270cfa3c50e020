import { type Context, evalTokenValue, type RangeToken, TokenKind } from 'liquidjs';
import { TEMPLATE_RANGE_END_MAX } from './template.bounds.js';
import { TemplateFailedError } from './template-failed.error.js';

type End = RangeToken['lhs'];

/** An end as a token that is evaluated like any other, and then looked at. */
function bounded(end: End): End {
  function* evaluate(context: Context): Generator<unknown, unknown, unknown> {
    const value = yield evalTokenValue(end, context);
    if (Math.abs(Number(value)) > TEMPLATE_RANGE_END_MAX) {
      throw new TemplateFailedError(`A range ends beyond ${TEMPLATE_RANGE_END_MAX}.`);
    }
    return value;
  }
  return { kind: TokenKind.FilteredValue, initial: { evaluate }, filters: [] } as unknown as End;
}

/**
 * Bounds both ends of a range that was read. `liquidjs` counts by adding 1, which beyond 2^53 changes nothing: it would
 * never come back. How long a range may be is bounded by the work of a template.
 */
export function boundRange(range: RangeToken): void {
  range.lhs = bounded(range.lhs);
  range.rhs = bounded(range.rhs);
}
