import type { ExchangeAnswer } from '../egress/exchange.js';
import type { TokenGrant } from './token-grant.js';

const DESCRIPTION_MAX_CHARACTERS = 200;

/** RFC 6749, section 5.2: what stands in `error` and `error_description`. */
const DISALLOWED = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** What the token endpoint answered instead of a token, with the server's words but without the client's secret. */
export function refusalDetail({ status, body }: ExchangeAnswer, { clientSecret }: TokenGrant): string {
  if (status >= 300 && status < 400) return `The token endpoint redirects (${status}); redirects are not followed.`;
  const { error, error_description: description } = membersOf(body);
  const words = [wordsOf(error, clientSecret), wordsOf(description, clientSecret)].filter((text) => text !== '');
  return `The token endpoint answered ${status}${words.length > 0 ? `: ${words.join(', ')}` : ''}.`;
}

function membersOf(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function wordsOf(value: unknown, secret: string): string {
  if (typeof value !== 'string') return '';
  const masked = secret === '' ? value : value.replaceAll(secret, '***');
  return masked.replaceAll(DISALLOWED, ' ').slice(0, DESCRIPTION_MAX_CHARACTERS).trim();
}
