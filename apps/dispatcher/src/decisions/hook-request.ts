import { FilledInTooLongError, fillIn, type ParameterValues } from '@hookstile/templates';
import { MASKED } from '../request/request-plan.js';
import { HEADERS_MAX_BYTES } from './decision.bounds.js';
import { asHeaderBytes, type RulePlan } from './rule-plan.js';

/** What is asked of a rule's hook for one context. */
export interface HookRequest {
  /** Name and value in turn, with the secrets; for the wire only. */
  headers: string[];
  body: Buffer;
}

const NO_BYTES = Buffer.alloc(0);
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII.
const ASCII = /^[\x00-\x7f]*$/;

function headersOf(plan: RulePlan, values: ParameterValues): string[] {
  const headers: string[] = [];
  let bytes = 0;
  for (const { name, parts } of plan.headers) {
    const text = fillIn(parts, values);
    const value = ASCII.test(text) ? text : asHeaderBytes(text);
    bytes += name.length + value.length;
    if (bytes > HEADERS_MAX_BYTES) throw new FilledInTooLongError();
    headers.push(name, value);
  }
  return headers;
}

/** Fills a rule's request in. Throws `FilledInTooLongError` where the context makes it too large. */
export function hookRequestOf(plan: RulePlan, values: ParameterValues): HookRequest {
  const headers = headersOf(plan, values);
  const body = plan.body ? Buffer.from(fillIn(plan.body.parts, values)) : NO_BYTES;
  return { headers, body };
}

/** The headers as a dry run shows them: what the context gave is seen, what the rule keeps secret is not. */
export function shownHeadersOf(plan: RulePlan, values: ParameterValues): [string, string][] {
  const shown = plan.headers.map(({ name, parts, secret }): [string, string] => [
    name,
    fillIn(parts, values, secret ? () => MASKED : undefined),
  ]);
  return plan.tokenGrant ? [...shown, ['authorization', MASKED]] : shown;
}
