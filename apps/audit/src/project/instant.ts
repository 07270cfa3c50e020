import { UnreadableRecordError } from './unreadable-record.error.js';

/** Unix milliseconds of an RFC 3339 time; a contract's `Instant` says only that it is a text. */
export function instantMs(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new UnreadableRecordError(`${JSON.stringify(text.slice(0, 40))} is not a time`);
  return ms;
}

export function nullableInstantMs(text: string | null): number | null {
  return text === null ? null : instantMs(text);
}
