import type { DecisionRuleSettings } from '@hookstile/contracts';
import type { ExchangeAnswer } from '../egress/exchange.js';
import { KEPT_BODY_MAX_BYTES } from '../egress/response.bounds.js';
import { parseJsonKeepingNumbers } from './json-number.js';
import { jsonpArgumentOf } from './jsonp.js';

export type ParsedAnswer = { parsed: true; document: unknown } | { parsed: false; reason: string };

/** Drops a byte order mark. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function unparseable(reason: string): ParsedAnswer {
  return { parsed: false, reason };
}

function textOf(body: Buffer): string | null {
  try {
    return utf8.decode(body);
  } catch {
    return null;
  }
}

function isEncoded({ headers }: ExchangeAnswer): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-encoding' && value.toLowerCase() !== 'identity',
  );
}

/** The document that a hook answered with, as the rule says that it answers. */
export function parseAnswer(answer: ExchangeAnswer, verification: DecisionRuleSettings['verification']): ParsedAnswer {
  if (answer.truncated) return unparseable(`The answer is longer than ${KEPT_BODY_MAX_BYTES} bytes, or broke off.`);
  if (isEncoded(answer)) return unparseable('The answer is compressed, although that was not asked for.');
  const text = textOf(answer.body);
  if (text === null) return unparseable('The answer is not UTF-8.');
  const json = verification === 'jsonp' ? jsonpArgumentOf(text) : text;
  if (json === null) return unparseable('The answer is not JSONP: a call of one function with one argument.');
  try {
    return { parsed: true, document: parseJsonKeepingNumbers(json) };
  } catch {
    return unparseable(verification === 'jsonp' ? "The JSONP call's argument is not JSON." : 'The answer is not JSON.');
  }
}
