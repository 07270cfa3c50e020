/** The essence of a `Content-Type`, lower-case (`application/json`), and its charset, lower-case, or null. */
export interface MediaType {
  essence: string;
  charset: string | null;
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)"?/i;

/** The forms that nearly every request has, so that the hot path runs no expression. */
const USUAL: ReadonlyMap<string, MediaType> = new Map([
  ['application/json', { essence: 'application/json', charset: null }],
  ['application/cloudevents+json', { essence: 'application/cloudevents+json', charset: null }],
]);

export function mediaTypeOf(header: string): MediaType {
  const usual = USUAL.get(header);
  if (usual) return usual;
  const semicolon = header.indexOf(';');
  const essence = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  return { essence, charset: CHARSET.exec(header)?.[1]?.toLowerCase() ?? null };
}

/** JSON is UTF-8 (RFC 8259, section 8.1); US-ASCII is a part of it. */
export function isUtf8Charset(mediaType: MediaType): boolean {
  return mediaType.charset === null || mediaType.charset === 'utf-8' || mediaType.charset === 'us-ascii';
}
