import { isUtf8 } from 'node:buffer';
import { type RawValue, rawValueOf } from '@hookstile/contracts';
import { DATA_MAX_DEPTH } from './accept.bounds.js';
import { invalid, type Rejection, rejection } from './rejection.js';

const JSON_MEDIA_TYPE = /^(?:application|text)\/json$|^[^/]+\/[^/]+\+json$/;

/** Whether a `datacontenttype` declares JSON; none at all does too (CloudEvents JSON format, section 3.1). */
export function declaresJson(mediaType: string | null): boolean {
  return mediaType === null || JSON_MEDIA_TYPE.test(mediaType);
}

export function tooDeep(value: RawValue): Rejection | null {
  if (value.depth <= DATA_MAX_DEPTH) return null;
  const detail = `"data" must not nest deeper than ${DATA_MAX_DEPTH} levels.`;
  return invalid([{ pointer: '/data', code: 'too_deep', detail }]);
}

export const DATA_REQUIRED = invalid([{ pointer: '/data', code: 'required', detail: '"data" is required.' }]);

export function dataNotJson(detail: string): Rejection {
  return rejection('data_not_json', detail, [{ pointer: '/data', code: 'data_not_json', detail }]);
}

/** What is wrong with bytes that are an event's whole data, or null. */
export function dataError(data: Buffer): Rejection | null {
  if (data.length === 0) return DATA_REQUIRED;
  if (!isUtf8(data)) return rejection('malformed', 'The data is not valid UTF-8.');
  try {
    JSON.parse(data.toString('utf8'));
  } catch {
    return dataNotJson('The data is not a JSON document.');
  }
  return tooDeep(rawValueOf(data));
}
